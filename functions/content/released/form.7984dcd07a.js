/**
 * The enquiry form in browsers that run scripts. It works without: whatever fails here before the last line leaves it
 * as it was. Its texts stand in the page, in #form-texts, so that it says what the server would say.
 *
 * @typedef {{field: string, detail: string, code?: string}} Fault
 * @typedef {{status: number, wait?: number, reference?: string, code?: string, detail?: string,
 *   errors?: Fault[]}} Answer
 */

import { Draft } from '/assets/draft.a1fe4105d4.js';
import { COUNTED, FIELDS, TYPED, codes, isBlank, length, limit, read } from '/assets/enquiry.a7cb638694.js';

// In milliseconds.
const TIME_LIMIT = 20_000; // of one attempt: a cold start behind a slow network
const LONGEST_WAIT = 30_000;
const REST = 2_000; // without a key pressed: half a correction is not sent
const COUNTED_AFTER = 500;
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
const prefix = texts.title_prefix ?? '';
const title = document.title.replace(prefix, '').trim(); // the server may have put it there
/** @type {Draft} */
let draft;

// ---- Saying what is wrong

const touched = new Set();
/** What the server said of fields, until they are edited. */
let remote = {};

/** @returns {Fault[]} in the form's order */
function findFaults(fields = read(form)) {
  const found = codes(fields, texts.digits);
  const sentence = (field, code) => texts.errors[`${field} ${code}`] ?? texts.errors[code];
  return FIELDS.filter((field) => found[field]).map((field) => {
    return { field, code: found[field], detail: sentence(field, found[field]) };
  });
}

function showError(field, text) {
  const input = inputOf(field);
  const error = errorOf(field);
  if (error && error.textContent !== text) error.textContent = text;
  // Of a group of radio buttons no single one is invalid.
  if (text && input?.type !== 'radio') input?.setAttribute('aria-invalid', 'true');
  else input?.removeAttribute('aria-invalid');
}

/** Brings the errors in sight up to date, and shows that of the field just `left`. What is too long is said at once. */
function refresh(left) {
  const details = { ...remote };
  const atOnce = new Set([left]);
  for (const { field, code, detail } of findFaults()) {
    details[field] = detail;
    if (code === 'too_long') atOnce.add(field);
  }
  for (const field of FIELDS) {
    if (atOnce.has(field) || errorOf(field)?.textContent) showError(field, details[field] ?? '');
  }
}

/** Shows faults beside their fields and in a summary that gets the focus; without any, removes what was shown. */
function report(faults) {
  for (const name of FIELDS) showError(name, faults.find(({ field }) => field === name)?.detail ?? '');
  document.title = faults.length ? prefix + title : title;
  summary.replaceChildren(...(faults.length ? [errorSummary(faults)] : []));
  summary.firstElementChild?.focus();
}

function errorSummary(faults) {
  const list = create('ul', {}, ...faults.map((fault) => create('li', {}, linkTo(fault))));
  const heading = create('h2', { id: 'summary-title' }, texts.summary ?? '');
  const attributes = { class: 'error-summary', role: 'alert', tabindex: -1, 'aria-labelledby': heading.id };
  return create('div', attributes, heading, list);
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

/** A space and a button that calls the practice. */
function call() {
  const number = create('bdi', { dir: 'ltr' }, texts.phone ?? '');
  return texts.phone_uri ? [' ', create('a', { class: 'button', href: texts.phone_uri }, number)] : [];
}

/** A count below a field, from nine tenths of its limit on; read out when the typing pauses. */
function countIn(field) {
  const most = limit(field);
  const counter = create('p', { class: 'hint', role: 'status' });
  let timer;
  const count = () => {
    const used = length(field, inputOf(field).value);
    counter.textContent = used < most * 0.9 ? '' : texts.counter.replace('{used}', used).replace('{limit}', most);
  };
  inputOf(field).after(counter);
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(count, COUNTED_AFTER);
  });
}

// ---- What was typed

function restore() {
  const isServed = Boolean(summary.childElementCount) || TYPED.some((field) => inputOf(field).defaultValue);
  const held = read(form);
  const fields = draft.thanked(held) ? undefined : draft.restore(held, isServed);
  if (!fields) return;
  for (const [field, value] of Object.entries(fields)) {
    if (form.elements[field]) form.elements[field].value = value;
  }
  const clear = create('button', { type: 'button' }, texts.clear ?? '');
  clear.addEventListener('click', () => {
    draft.clear();
    empty();
    say('');
    inputOf('name').focus();
  });
  if (texts.restored) say('restored', texts.restored, ...(texts.clear ? [clear] : []));
}

function empty() {
  form.reset();
  // The page itself may have come with what was typed.
  for (const field of TYPED) inputOf(field).value = '';
  for (const box of form.querySelectorAll('[type=radio], [type=checkbox]')) box.checked = false;
  for (const list of form.querySelectorAll('select')) list.selectedIndex = 0;
  touched.clear();
  remote = {};
  report([]);
}

// ---- Sending: every attempt sends what the form holds then, or nothing

let isSending = false;
let editedAt = 0;
/**
 * The attempt whose answer is being waited for.
 * @type {{sent: string, abort: AbortController, send: (options: RequestInit) => Promise<Response>} | undefined}
 */
let underWay;
/** Ends what is waited for between two attempts. */
let wake = () => {};

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

/** Whether it was taken back: consent is as easily withdrawn as given, and nobody sends an empty form. */
function isWithdrawn(fields) {
  return !fields.consent || isBlank(fields);
}

async function send() {
  setSending(true);
  say('sending', texts.sending ?? '');
  let failures = 0;
  let due = 0;
  let wasOffline = false;
  let mayHaveArrived = false;
  while (failures < ATTEMPTS) {
    const fields = read(form);
    const rested = isWithdrawn(fields) ? 0 : editedAt + REST;
    if (Date.now() < rested) {
      await pause(rested);
      continue;
    }
    if (stops(fields, mayHaveArrived)) return;
    if (Date.now() < due && !(wasOffline && navigator.onLine)) {
      await pause(due);
      continue;
    }
    const attempt = draft.begin(fields);
    if (attempt.reference) return thank(attempt);
    wasOffline = !navigator.onLine;
    const answer = await post({ ...fields, replaces: attempt.replaces }, attempt.key);
    if (answer.reference) {
      draft.arrived(attempt, fields, answer.reference);
      if (isWithdrawn(read(form)) || draft.sentElsewhere(read(form))) return thank({ ...answer, locale: fields.locale });
      continue; // and what was changed without a word, by a program that fills in forms, follows
    }
    if (answer.code === 'idempotency_key_reused') {
      draft.taken(attempt);
      failures += 1;
      continue;
    }
    const isRefused = answer.status >= 400 && answer.status < 500;
    if (isRefused || (wasOffline && !answer.status)) draft.missed(attempt);
    else mayHaveArrived = true;
    if (isRefused && answer.status !== 429) return refuse(answer);
    if (answer.isCalledOff) continue;
    if (!wasOffline) failures += 1;
    if (answer.wait > LONGEST_WAIT) break;
    const pauses = (answer.wait ?? 0) + 500 * 2 ** failures * (0.5 + Math.random());
    due = Date.now() + (wasOffline ? LONGEST_WAIT : pauses); // offline, with a look in case the browser is mistaken
    say('waiting', texts.offline ?? '');
  }
  giveUp();
}

/** Ends the sending if the form holds nothing that may be sent, and says why; the focus stays where somebody types. */
function stops(fields, mayHaveArrived) {
  if (isWithdrawn(fields)) {
    rest('withdrawn', texts.withdrawn ?? '', ...(mayHaveArrived ? [' ', texts.maybe_arrived ?? '', ...call()] : []));
    return true;
  }
  const faults = findFaults(fields);
  for (const { field, detail } of faults) showError(field, detail);
  if (faults.length) rest('stopped', texts.stopped ?? '');
  return faults.length > 0;
}

/** One attempt. @returns {Promise<Answer>} whose status is 0 where none came */
async function post(fields, key) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIME_LIMIT);
  const send = (options) => {
    const headers = {
      'Content-Type': 'application/json',
      Accept: 'application/json',
      'Idempotency-Key': `"${key}"`,
    };
    return fetch('/api/leads', { method: 'POST', headers, body: JSON.stringify(fields), ...options });
  };
  underWay = { sent: JSON.stringify(read(form)), abort, send };
  try {
    const response = await send({ signal: abort.signal });
    const answer = await response.json().catch(() => ({}));
    // A success without a reference is not ours: public networks answer with a page.
    const wait = milliseconds(response.headers.get('Retry-After'));
    return { ...answer, status: response.status, wait, isCalledOff: abort.signal.reason === 'edited' };
  } catch {
    return { status: 0, isCalledOff: abort.signal.reason === 'edited' };
  } finally {
    clearTimeout(timer);
    underWay = undefined;
  }
}

/** The page goes: what is under way goes out once more with the same key, for what is kept alive cannot be called off. */
function closed() {
  underWay?.send({ keepalive: true }).catch(() => {});
}

/** Retry-After: seconds, or a date (RFC 9110 section 10.2.3). */
function milliseconds(value) {
  return Math.max(0, Number(value) * 1000 || Date.parse(value) - Date.now() || 0);
}

/** Waits until a time, or until something happens that may change what is to be done. */
function pause(until) {
  return new Promise((resolve) => {
    wake = resolve;
    setTimeout(resolve, until - Date.now());
  });
}

function refuse(answer) {
  if (!answer.errors?.length) return giveUp(answer.detail);
  rest('');
  remote = Object.fromEntries(answer.errors.map(({ field, detail }) => [field, detail]));
  report(answer.errors);
}

function giveUp(detail) {
  rest('failed', detail ?? texts.failed ?? '', ...call());
}

function thank({ reference, locale }) {
  draft.finish({ reference, locale });
  location.assign(`/${locale}/thank-you/${encodeURIComponent(reference)}`);
  sayThanks(reference);
  // "Back" may show this page again just as it was left.
  for (const type of ['pageshow', 'input']) addEventListener(type, () => setSending(false), { once: true });
}

/** The form is empty, and this is why: also for who comes back to it, or never got to the page that says thank you. */
function sayThanks(reference) {
  empty();
  say('sent', texts.sent ?? '', ' ', create('strong', {}, create('bdi', { dir: 'ltr' }, reference)));
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
  if (status.dataset.status === 'sent') {
    draft.forgetThanks();
    say('');
  }
  draft.save(read(form));
  refresh();
  editedAt = Date.now();
  if (underWay && underWay.sent !== JSON.stringify(read(form))) underWay.abort.abort('edited');
  wake();
}

async function left({ target }) {
  await press;
  if (touched.has(target.name)) refresh(target.name);
}

function submitted(event) {
  if (event.submitter?.name === 'show') return; // the same form in another language
  event.preventDefault();
  editedAt = 0; // whoever presses the button has done with it
  wake();
  if (isSending) return;
  const faults = findFaults();
  remote = {};
  report(faults);
  if (!faults.length) send().catch(() => giveUp());
}

/** What the form holds may have been sent: by this tab before, where a browser puts it back, or by another tab. */
function compare() {
  if (isSending) return;
  const fields = read(form);
  const sent = draft.sentElsewhere(fields);
  if (sent) draft.finish(sent);
  const thanked = sent ?? draft.thanked(fields);
  if (thanked) sayThanks(thanked.reference);
}

/** Wakes the function that will take the enquiry while it is being written. */
function warm() {
  for (const type of ['focusin', 'pointerdown']) form.removeEventListener(type, warm);
  fetch('/api/leads', { method: 'OPTIONS' }).catch(() => {});
}

function start() {
  draft = new Draft(form.elements.article.value);
  restore();
  compare();
  for (const field of COUNTED) countIn(field);
  for (const type of ['focusin', 'pointerdown']) form.addEventListener(type, warm);
  for (const type of ['input', 'change']) form.addEventListener(type, edited); // autofill may fire either alone
  form.addEventListener('focusout', left);
  addEventListener('pointerdown', pressed);
  form.addEventListener('submit', submitted);
  addEventListener('online', () => wake());
  addEventListener('pagehide', closed);
  for (const type of ['storage', 'pageshow']) addEventListener(type, compare);
}

if (form && status && summary) start();
