/** On the page that says thank you. The form's script has tidied up before it led here; without it, this does. */

import { sentPlainly } from '/assets/draft.a1fe4105d4.js';

// Not for who opens the address again later.
if (document.referrer.startsWith(`${location.origin}/`)) {
  const [, locale, , reference] = location.pathname.split('/');
  const article = new URL(document.referrer).pathname.split('/')[3];
  sentPlainly(article, decodeURIComponent(reference), locale);
}
