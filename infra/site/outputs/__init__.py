"""What the functions read at run time: pages, problems, the article API, its description, the index."""
