/**
 * The enquiry form in browsers that run scripts. It works without: whatever fails here before the last line leaves it
 * as it was. Its texts stand in the page, in #form-texts, so that it says what the server would say.
 *
 * @typedef {{field: string, detail: string}} Fault
 * @typedef {{status: number, wait?: number, reference?: string, code?: string, detail?: string,
 *   errors?: Fault[]}} Answer
 * @typedef {{key?: string, at?: number, fields?: Record<string, string>}} Draft
 */

const TYPED = ['name', 'phone', 'email', 'message'];
const CHOSEN = ['preferred_contact', 'preferred_time'];
const FIELDS = ['name', 'phone', 'email', ...CHOSEN, 'message', 'consent'];
// Never an advertiser's click id: it would tell the advertiser about a patient.
const TAGS = ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content'];

// In milliseconds.
const TIME_LIMIT = 20_000; // of one attempt: a cold start behind a slow network
const LONGEST_WAIT = 30_000;
const DRAFT_LIFETIME = 24 * 60 * 60_000; // phones are shared
const ATTEMPTS = 4;

/** @type {(selector: string) => any} */
const find = (selector) => document.querySelector(selector);
const inputOf = (name) => find(`#field-${name}`);
const errorOf = (name) => find(`#field-${name}-error`);

/** @type {HTMLFormElement} */
const form = find('form[data-enquiry]');
const status = find('[data-status]');
const summary = find('[data-summary]');
const texts = JSON.parse(find('#form-texts')?.textContent || '{}');
const prefix = texts.title_prefix?.trim() ?? '';
const title = document.title.replace(prefix, '').trim(); // the server may have put it there

// ---- What was typed

/** A line as the server reads it (functions/leads/text.py). */
function clean(text) {
  return text
    .replace(/[\n\v\f\r\x85\u2028\u2029]/g, ' ')
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu, '')
    .replace(/\p{Zs}+/gu, ' ')
    .replace(/^[ \u200b\u2060\ufeff\u00ad]+|[ \u200b\u2060\ufeff\u00ad]+$/g, '');
}

/** One without the format characters that come along when a number or an address is copied. */
function plain(text) {
  return clean(text.replace(/(?![\u200c\u200d])\p{Cf}/gu, '').replace(/^[\u200c\u200d ]+|[\u200c\u200d ]+$/g, ''));
}

/** The enquiry: what was typed, as it was typed. */
function read() {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (plain(value)) fields[name] = name === 'consent' || value;
  }
  const source = {};
  for (const [tag, value] of new URLSearchParams(location.search)) {
    if (TAGS.includes(tag) && plain(value)) source[tag] = [...clean(value)].slice(0, 100).join('');
  }
  return Object.keys(source).length ? { ...fields, source } : fields;
}

// ---- What is wrong with it

/** The server's codes (functions/leads/enquiry.py) by field, as far as a browser can know, and never stricter. */
function codes(given) {
  const text = (field) => (field === 'phone' || field === 'email' ? plain : clean)(given[field] ?? '');
  const length = (field) => [...text(field)].length; // in code points
  const wanted = given.preferred_contact;
  const found = {};
  if (!given.name) found.name = 'required';
  else if (length('name') < 2) found.name = 'too_short';
  else if (length('name') > 80) found.name = 'too_long';
  if (!given.phone && !given.email) found.phone = 'contact_needed';
  else if (wanted && !given[wanted]) found[wanted] = 'preferred_but_missing';
  if (length('phone') > 40) found.phone = 'too_long';
  else if (given.phone && !/\p{Nd}.*\p{Nd}/u.test(text('phone'))) found.phone = 'not_a_phone_number';
  if (length('email') > 254) found.email = 'too_long';
  else if (given.email && !isEmail(text('email'))) found.email = 'not_an_email';
  if (length('message') > 1000) found.message = 'too_long';
  if (!given.consent) found.consent = 'required';
  return found;
}

function isEmail(text) {
  return /^[^ <>()[\]\\,;:"@]{1,64}@([^ <>()[\]\\,;:"@.]+\.)+[^ <>()[\]\\,;:"@.]{2,}$/u.test(text);
}

/** @returns {Fault[]} in the form's order; what has no sentence here is left to the server */
function findFaults() {
  const found = codes(read());
  const faults = FIELDS.map((field) => ({ field, detail: texts.errors?.[`${field} ${found[field]}`] }));
  return faults.filter(({ detail }) => detail);
}

// ---- Saying so

const touched = new Set();
/** What the server said of fields, until they are edited. */
let remote = {};

function showError(field, text) {
  const input = inputOf(field);
  const error = errorOf(field);
  if (error && error.textContent !== text) error.textContent = text;
  // Of a group of radio buttons no single one is invalid.
  if (text && input?.type !== 'radio') input?.setAttribute('aria-invalid', 'true');
  else input?.removeAttribute('aria-invalid');
}

/** Brings the errors in sight up to date, and shows that of the field just `left`. */
function refresh(left) {
  const details = { ...remote };
  for (const { field, detail } of findFaults()) details[field] = detail;
  for (const field of FIELDS) {
    if (field === left || errorOf(field)?.textContent) showError(field, details[field] ?? '');
  }
}

/** Shows faults beside their fields and in a summary that gets the focus; without any, removes what was shown. */
function report(faults) {
  for (const name of FIELDS) showError(name, faults.find(({ field }) => field === name)?.detail ?? '');
  document.title = faults.length ? `${prefix} ${title}`.trim() : title;
  summary.replaceChildren(...(faults.length ? [errorSummary(faults)] : []));
  summary.firstElementChild?.focus();
}

function errorSummary(faults) {
  const id = 'error-summary';
  const list = create('ul', {}, ...faults.map((fault) => create('li', {}, linkTo(fault))));
  const attributes = { class: id, role: 'alert', tabindex: -1, 'aria-labelledby': id };
  return create('div', attributes, create('h2', { id }, texts.summary ?? ''), list);
}

function linkTo({ field, detail }) {
  const input = inputOf(field);
  if (!input) return detail;
  const link = create('a', { href: `#${input.id}` }, detail);
  link.addEventListener('click', (event) => {
    event.preventDefault();
    input.focus({ preventScroll: true });
    input.scrollIntoView({ block: 'center' }); // with its label
  });
  return link;
}

/** Says something in the live region, though not twice. `state` is for the style sheet. */
function say(state, ...content) {
  if (state && status.dataset.status === state) return;
  status.dataset.status = state;
  status.replaceChildren(...content);
}

function create(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// ---- The draft: what was typed stays in this browser until it is sent. Consent does not; it is given anew.

const DRAFTS = 'needlepoint-draft:';
const draftName = DRAFTS + form?.elements['article']?.value;
/** @type {Draft} */
let draft = {};

/** Does something with the browser's storage. Where that is closed or full the form works all the same. */
function withStorage(action) {
  try {
    action(localStorage);
  } catch {
    // Nobody needs to know.
  }
}

/** @returns {Draft | undefined} */
function parseDraft(text) {
  try {
    const found = JSON.parse(text);
    return Math.abs(Date.now() - found.at) < DRAFT_LIFETIME ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Reads this article's draft and removes what is too old, of any article. */
function loadDraft(storage) {
  for (const name of Object.keys(storage)) {
    if (name.startsWith(DRAFTS) && !parseDraft(storage.getItem(name))) storage.removeItem(name);
  }
  draft = parseDraft(storage.getItem(draftName)) ?? {};
}

function saveDraft() {
  const given = read();
  const fields = Object.fromEntries([...TYPED, ...CHOSEN].map((field) => [field, given[field]]));
  draft = { key: draft.key, at: Date.now(), fields };
  withStorage((storage) => {
    if (TYPED.some((field) => given[field])) storage.setItem(draftName, JSON.stringify(draft));
    else storage.removeItem(draftName);
  });
}

function restoreDraft() {
  const { fields } = draft;
  // A page that came back from the server has what was typed last.
  if (!fields || summary.childElementCount) return;
  for (const field of [...TYPED, ...CHOSEN]) {
    if (fields[field]) form.elements[field].value = fields[field];
  }
  const clear = create('button', { type: 'button' }, texts.clear ?? '');
  clear.addEventListener('click', () => {
    empty();
    report([]);
    say('');
    inputOf('name').focus();
  });
  if (texts.restored) say('restored', texts.restored, ...(texts.clear ? [' ', clear] : []));
}

function empty() {
  form.reset();
  // The page itself may have come with what was typed.
  for (const field of TYPED) inputOf(field).value = '';
  inputOf('consent').checked = false;
  touched.clear();
  remote = {};
  draft = {};
  withStorage((storage) => storage.removeItem(draftName));
}

// ---- Sending

let isSending = false;
/** The last body that was refused for good: in other words it is another enquiry, with another key. */
let refused;

/** @param {boolean} value */
function setSending(value) {
  isSending = value;
  // `disabled` would take the focus away.
  form.querySelector('[type=submit]').setAttribute('aria-disabled', String(value));
}

/** Done for now: the button works again, and this is what there is to say. */
function rest(state, ...content) {
  setSending(false);
  say(state, ...content);
}

async function send(fields) {
  setSending(true);
  say('sending', texts.sending ?? '');
  const body = JSON.stringify(fields);
  if (refused && refused !== body) delete draft.key;
  const answer = await deliver(body);
  if (answer.reference) return thank(fields.locale, answer.reference);
  if (isFinal(answer)) refused = body;
  if (!answer.errors?.length) return giveUp(answer.detail);
  rest('');
  remote = Object.fromEntries(answer.errors.map(({ field, detail }) => [field, detail]));
  report(answer.errors);
}

/** Tries, with one key, until there is an answer that stays the same, or often enough. */
async function deliver(body) {
  let failures = 0;
  let isRenewed = false;
  for (;;) {
    draft.key ??= newKey();
    saveDraft(); // with the key: who reloads now and sends again is still one enquiry
    const answer = await post(body, draft.key);
    if (answer.code === 'idempotency_key_reused' && !isRenewed) {
      isRenewed = true;
      delete draft.key;
      continue;
    }
    if (isFinal(answer)) return answer;
    if (navigator.onLine) failures += 1;
    if (failures === ATTEMPTS || answer.wait > LONGEST_WAIT) return { status: 0 };
    say('waiting', texts.offline ?? '');
    await pause((answer.wait ?? 0) + 500 * 2 ** failures * (0.5 + Math.random()));
  }
}

/** One attempt. @returns {Promise<Answer>} whose status is 0 where none came */
async function post(body, key) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIME_LIMIT);
  try {
    const response = await fetch(form.action, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'Idempotency-Key': `"${key}"` },
      body,
      signal: abort.signal,
      keepalive: true, // should the page be closed
    });
    const answer = await response.json().catch(() => ({}));
    return { ...answer, status: response.status, wait: milliseconds(response.headers.get('Retry-After')) };
  } catch {
    return { status: 0 };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Whether the server has decided. A success without a reference is not its own: public networks answer with a page.
 * @param {Answer} answer
 */
function isFinal({ status, reference }) {
  return Boolean(reference) || (status >= 400 && status < 500 && status !== 429);
}

/** Retry-After: seconds, or a date (RFC 9110 section 10.2.3). */
function milliseconds(value) {
  return Math.max(0, Number(value) * 1000 || Date.parse(value) - Date.now() || 0);
}

/** Waits; offline, for the network, with a look now and then in case the browser is mistaken. */
function pause(duration) {
  return new Promise((resolve) => {
    setTimeout(resolve, navigator.onLine ? duration : LONGEST_WAIT);
    if (!navigator.onLine) addEventListener('online', resolve, { once: true });
  });
}

/** 128 random bits. Not randomUUID, which a preview over plain HTTP lacks. */
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-');
}

function thank(locale, reference) {
  location.assign(`/${locale}/thank-you/${encodeURIComponent(reference)}`);
  empty();
  // "Back" may show this page again just as it was left.
  addEventListener('pageshow', () => rest(''), { once: true });
}

function giveUp(detail) {
  const number = create('bdi', { dir: 'ltr' }, texts.phone ?? '');
  const link = texts.phone_uri ? [' ', create('a', { class: 'button', href: texts.phone_uri }, number)] : [];
  rest('failed', detail ?? texts.failed ?? '', ...link);
}

// ---- What happens to the form

/** Settles when no pointer is down: an error shown meanwhile would move the button away from under it. */
let press = Promise.resolve();

function pressed() {
  press = new Promise((resolve) => {
    const released = () => setTimeout(resolve); // after the click
    for (const type of ['pointerup', 'pointercancel']) addEventListener(type, released, { once: true });
  });
}

function edited({ target }) {
  touched.add(target.name);
  delete remote[target.name];
  saveDraft();
  refresh();
}

async function left({ target }) {
  await press;
  if (touched.has(target.name)) refresh(target.name);
}

function submitted(event) {
  if (!isSending) {
    const faults = findFaults();
    remote = {};
    report(faults);
    if (!faults.length) send(read()).catch(() => giveUp());
  }
  event.preventDefault();
}

/** Wakes the function that will take the enquiry while it is being written. */
function warm() {
  for (const type of ['focusin', 'pointerdown']) form.removeEventListener(type, warm);
  fetch(form.action, { method: 'OPTIONS' }).catch(() => {});
}

function start() {
  withStorage(loadDraft);
  restoreDraft();
  for (const type of ['focusin', 'pointerdown']) form.addEventListener(type, warm);
  for (const type of ['input', 'change']) form.addEventListener(type, edited); // autofill may fire either alone
  form.addEventListener('focusout', left);
  addEventListener('pointerdown', pressed);
  form.addEventListener('submit', submitted);
}

if (form && status && summary) start();
