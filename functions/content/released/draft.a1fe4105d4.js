/**
 * What this browser keeps of an enquiry, for a day at most: phones are shared. Consent is not kept; it is given anew.
 *
 *     needlepoint-draft:<article>:<tab>    what was typed in a tab, until it is sent
 *     needlepoint-sent:<enquiry>           what became of the attempts to send it
 *
 * An enquiry keeps its id from version to version and in each tab that it is restored in. What was sent of it has the
 * key `<enquiry>.<version>`, so that whoever sends the same version again, in whichever tab, sends no second enquiry.
 *
 * @typedef {import('./enquiry.js').Fields} Fields
 * @typedef {{at: number, enquiry: string, fields: Fields}} Kept
 * @typedef {{at?: number, version: number, digest?: number, follows?: string, reference?: string, locale?: string}}
 *   Past the last attempt; `follows` is the key of what a correction replaces, if anything may have arrived
 * @typedef {{enquiry: string, version: number, key: string, replaces?: string, past: Past}} Attempt
 */

import { entered, isBlank } from '/assets/enquiry.a7cb638694.js';

const LIFETIME = 24 * 60 * 60_000; // in milliseconds
const DRAFT = 'needlepoint-draft:';
const SENT = 'needlepoint-sent:';
const THANKED = 'needlepoint-thanked:';
const TAB = 'needlepoint-tab';

function attempt(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/** A browser's storage; where that is closed or full, the page's own memory. What is too old is not there. */
function shelf(kind) {
  const refused = new Map();
  const within = (action) => attempt(() => action(window[kind]));
  const parse = (text) => attempt(() => JSON.parse(text));
  return {
    names: (prefix) => (within(Object.keys) ?? []).filter((name) => name.startsWith(prefix)),
    get(name) {
      const found = parse(refused.get(name) ?? within((storage) => storage.getItem(name)) ?? null);
      return Math.abs(Date.now() - found?.at) < LIFETIME ? found : undefined;
    },
    set(name, value) {
      const text = JSON.stringify({ ...value, at: Date.now() });
      refused.set(name, text);
      within((storage) => {
        storage.setItem(name, text);
        refused.delete(name);
      });
      return parse(text).at;
    },
    remove(name) {
      refused.delete(name);
      within((storage) => storage.removeItem(name));
    },
  };
}

const browser = shelf('localStorage');
const session = shelf('sessionStorage'); // this tab's own

/** 128 random bits. Not randomUUID, which a preview over plain HTTP lacks. */
function random() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-');
}

/** Tells versions apart. Two that agree by chance cost a request: the server compares what was entered. */
function digest(fields) {
  let sum = 0;
  for (const letter of JSON.stringify(Object.entries(entered(fields)).sort()))
    sum = (Math.imul(sum, 31) + letter.codePointAt(0)) | 0;
  return sum;
}

/** @returns {Past} */
function past(enquiry) {
  return browser.get(SENT + enquiry) ?? { version: 0 };
}

function isSent({ enquiry, fields }) {
  const { reference, digest: sent } = past(enquiry);
  return Boolean(reference) && sent === digest(fields);
}

/** One article's draft in this tab. */
export class Draft {
  #article;
  #enquiry = random();
  #tab;
  /** When this page last wrote or read its entry, and what that held. */
  #at;
  #digest;

  constructor(article) {
    this.#article = article;
    for (const name of [...browser.names(DRAFT), ...browser.names(SENT)]) {
      const kept = browser.get(name);
      if (!kept || (kept.fields && isSent(kept))) browser.remove(name);
    }
    this.#tab = session.get(TAB)?.tab ?? this.#newTab();
  }

  get #name() {
    return `${DRAFT}${this.#article}:${this.#tab}`;
  }

  #newTab() {
    this.#tab = random();
    this.#at = undefined;
    session.set(TAB, { tab: this.#tab });
    return this.#tab;
  }

  /**
   * What to put into a form that holds `held`: this tab's draft, or that of a tab that may be gone. Nothing where
   * somebody has begun to write: what they write is another enquiry, and the draft stays as it is.
   *
   * @param {boolean} isServed `held` came from the server, which was sent this tab's draft
   * @returns {Fields | undefined}
   */
  restore(held, isServed) {
    const own = browser.get(this.#name);
    const found = own ?? (isServed ? undefined : this.#fullest());
    if (!found) return undefined;
    if (!isServed && !isBlank(held) && digest(held) !== digest(found.fields)) {
      this.#newTab();
      return undefined;
    }
    this.#enquiry = found.enquiry;
    this.#at = own?.at;
    if (isServed) return undefined;
    this.#digest = digest(found.fields);
    return found.fields;
  }

  /** Of each enquiry the last version, and of several enquiries the one with the most in it. */
  #fullest() {
    const kept = browser.names(`${DRAFT}${this.#article}:`).map((name) => browser.get(name));
    const versions = new Map(kept.sort((one, other) => one.at - other.at).map((each) => [each.enquiry, each]));
    const size = ({ fields }) => Object.values(fields).join('').length;
    return [...versions.values()].sort((one, other) => size(other) - size(one) || other.at - one.at)[0];
  }

  /** Keeps what was typed, in this tab's own entry: one letter here replaces no draft of another tab. */
  save(given) {
    const sum = digest(given);
    if (sum === this.#digest) return;
    // A duplicated tab begins with the name of the first.
    if (browser.get(this.#name)?.at !== this.#at) this.#newTab();
    this.#digest = sum;
    if (isBlank(given)) this.#start();
    if (!isBlank(given)) this.#at = browser.set(this.#name, { enquiry: this.#enquiry, fields: entered(given) });
  }

  /** What was typed is to be gone: from every tab's entry, for who clears a form wants nobody to read it. */
  clear() {
    for (const name of browser.names(`${DRAFT}${this.#article}:`)) browser.remove(name);
    browser.remove(SENT + this.#enquiry);
    this.#start();
  }

  /** From here on it is another enquiry. */
  #start() {
    browser.remove(this.#name);
    this.#at = undefined;
    this.#digest = undefined;
    this.#enquiry = random();
  }

  // ---- Attempts to send it

  /** The key for what is to be sent now, or the reference where another tab has sent it. @returns {Attempt | Past} */
  begin(fields) {
    const enquiry = this.#enquiry;
    const before = past(enquiry);
    const sum = digest(fields);
    if (before.digest === sum && before.reference) return before;
    const version = before.version + (before.digest === sum ? 0 : 1);
    const key = `${enquiry}.${version}`;
    // Written down before it goes out: who reloads now and sends again is still one enquiry.
    browser.set(SENT + enquiry, { version, digest: sum, follows: before.follows ?? key });
    return { enquiry, version, key, replaces: before.follows === key ? undefined : before.follows, past: before };
  }

  /** The attempt cannot have arrived. */
  missed({ enquiry, past: { follows } }) {
    browser.set(SENT + enquiry, { ...past(enquiry), follows });
  }

  /** Something else arrived under this key: the next attempt has another one. */
  taken({ enquiry, version, key }) {
    browser.set(SENT + enquiry, { version, follows: key });
  }

  /** It is stored. A correction follows this one, and no other. */
  arrived({ enquiry, version, key }, fields, reference) {
    const { locale } = fields;
    browser.set(SENT + enquiry, { version, digest: digest(fields), follows: key, reference, locale });
  }

  /** What another tab made of the same enquiry, if that is what `fields` hold. @returns {Past | undefined} */
  sentElsewhere(fields) {
    return isSent({ enquiry: this.#enquiry, fields }) ? past(this.#enquiry) : undefined;
  }

  /** Nothing is left to send: drafts that hold the same go, and this tab remembers its success. */
  finish({ reference, locale }) {
    for (const name of browser.names(DRAFT)) {
      const kept = browser.get(name);
      if (kept && isSent(kept)) browser.remove(name);
    }
    session.set(THANKED + this.#article, { reference, locale, digest: past(this.#enquiry).digest });
    this.#start();
  }

  /**
   * The success that this tab remembers, if the form holds nothing else; a browser may have put back what was sent.
   * @returns {Past | undefined}
   */
  thanked(fields) {
    const found = session.get(THANKED + this.#article);
    return isBlank(fields) || digest(fields) === found?.digest ? found : undefined;
  }

  forgetThanks() {
    session.remove(THANKED + this.#article);
  }
}

/**
 * The form was sent without its script: what was kept of it in this tab, or would be restored, was sent.
 *
 * @param {string | undefined} article undefined where only the browser knows
 */
export function sentPlainly(article, reference, locale) {
  if (session.names(THANKED).some((name) => session.get(name)?.reference === reference)) return;
  const articles = browser.names(DRAFT).map((name) => name.split(':')[1]);
  for (const each of new Set(articles.filter((name) => name === (article ?? name)))) {
    const draft = new Draft(each);
    const fields = draft.restore({}, false);
    if (!fields) continue;
    draft.arrived(draft.begin(fields), { ...fields, locale }, reference);
    draft.finish({ reference, locale });
  }
}
