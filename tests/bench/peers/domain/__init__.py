"""What the peers have in common, so that they differ in framework and packaging alone.

Everything here is at least as light as what a team would have: pages come rendered, with their headers; telephone
numbers have the light library; what a lead is and how its identity is derived is our own `shared.lead`.
"""
