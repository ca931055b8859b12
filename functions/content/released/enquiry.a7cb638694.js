/**
 * What an enquiry holds, and what is wrong with it. Nothing here changes the page.
 *
 * @typedef {Record<string, any>} Fields what was typed, as it was typed; what was left blank is absent
 */

/** @type {{fields?: Record<string, {required?: boolean, clean?: string, limit?: number}>}} what the server says of them */
const texts = JSON.parse(document.querySelector('#form-texts')?.textContent || '{}');
const FORM = texts.fields ?? {};
/** The form's fields that are in sight, in their order, and those of them that are typed. */
export const FIELDS = Object.keys(FORM).filter((field) => document.querySelector(`#field-${field}-error`));
export const TYPED = FIELDS.filter((field) => FORM[field].clean);
/** Typed fields whose length people may come near to. */
export const COUNTED = TYPED.filter((field) => FORM[field].clean !== 'plain_line');
/** What comes with an enquiry and is no part of what was entered. */
const ABOUT_IT = ['locale', 'article', 'source', 'consent', 'consent_version', 'aside'];

// A letter that is seen, or one that this browser does not know yet: no Hangul filler.
const LETTER = /[^\P{L}\u115f\u1160\u3164\uffa0]|\p{Co}|\p{Cn}/u;
const ENDS = /[\n\p{Zs}\u200b\u2060\ufeff\u00ad]/u;

/** Reads the form. @returns {Fields} */
export function read(form) {
  const fields = {};
  const source = {};
  for (const [name, value] of new FormData(form)) {
    if (!plain(value)) continue;
    if (name.startsWith('utm_')) source[name] = [...line(value)].slice(0, 100).join('');
    else fields[name] = name === 'consent' || value;
  }
  return Object.keys(source).length ? { ...fields, source } : fields;
}

/** What a person typed or chose, without what comes with it. @returns {Fields} */
export function entered(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !ABOUT_IT.includes(field)));
}

/** Whether nothing was typed; what can only be chosen is no enquiry. */
export function isBlank(fields) {
  return !TYPED.some((field) => fields[field]);
}

/** How many characters a field takes at most, in code points. */
export function limit(field) {
  return FORM[field].limit;
}

/** How long the server will find it, in code points (functions/leads/text.py). */
export function length(field, text = '') {
  return [...CLEAN[FORM[field].clean](text)].length;
}

/**
 * The server's codes (functions/leads/codes.py) by field, as far as a browser can know, and never stricter.
 * `digits` has the shortest number of the practice's country.
 */
export function codes(given, digits) {
  const wanted = given.preferred_contact;
  const found = {};
  if (!given.phone && !given.email) found.phone = 'contact_needed';
  else if (wanted && !given[wanted]) found[wanted] = 'preferred_but_missing';
  if (given.phone) found.phone = faultOfPhone(plain(given.phone), digits);
  if (given.email) found.email = faultOfEmail(plain(given.email));
  if (given.name && !LETTER.test(line(given.name))) found.name = 'not_a_name';
  for (const field of TYPED) if (length(field, given[field]) > limit(field)) found[field] = 'too_long';
  for (const field of FIELDS) if (FORM[field].required && !given[field]) found[field] = 'required';
  return found;
}

/** Judges by the number of digits, or of letters on a telephone's keys. What they mean is the server's to say. */
function faultOfPhone(text, digits) {
  const western = text
    .normalize('NFKC')
    .replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 15))
    .replace(/^((?:\P{L}*?\d){7}\P{L}*?)[ (]+\p{L}.*/u, '$1'); // an extension, or whose number it is
  const dialled = western.match(/[\p{Nd}\p{L}]/gu)?.length ?? 0;
  const hasPrefix = western.includes('+') || !/^\P{Nd}*[1-9]/u.test(western);
  if (!/\p{Nd}/u.test(western) || dialled < (hasPrefix ? 6 : Math.min(digits, 8))) return 'not_a_phone_number';
  return !hasPrefix && dialled < digits && /^[-.() \d]*$/.test(western) ? 'country_code_needed' : undefined;
}

/** Judges what is written plainly. Out of anything else the server may take an address, if there is an @ in it. */
function faultOfEmail(text) {
  if (!/^[\w.!#$%&'*+/=?^`{|}~@ -]+$/.test(text)) return /[@＠﹫]|%40/.test(text) ? undefined : 'not_an_email';
  if (/[^@]@[^@]+[ /|]+[^@]+@[^@]/.test(text)) return 'more_than_one';
  if (/^[^@]*@[^@]*$/.test(text) && /[a-z\d] +[a-z\d]/i.test(text)) return 'stray_character';
  const bare = text.replace(/ ?@ ?/, '@').replace(/[^a-z\d]+$/i, '');
  return /^[^@]{1,64}@([^@.]+\.)+[^@.]{2,}$/.test(bare) ? undefined : 'not_an_email';
}

function line(text) {
  return trim(printable(text.replace(/[\n\v\f\r\x85\u2028\u2029]/g, ' ')).replace(/\p{Zs}+/gu, ' '));
}

function lines(text) {
  const broken = text.replace(/\r\n|[\r\v\f\x85\u2028\u2029]/g, '\n').replaceAll('\t', ' ').split('\n');
  return trim(broken.map((each) => printable(each).trimEnd()).join('\n'));
}

/** A line without the format characters that come along when a number or an address is copied. */
function plain(text) {
  return line(text.replace(/(?![\u200c\u200d])\p{Cf}/gu, '').replace(/^[\u200c\u200d ]+|[\u200c\u200d ]+$/g, ''));
}

function printable(text) {
  return text.normalize('NFC').replace(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu, '');
}

// No regular expression: one that looks for the end tries again at each of a thousand spaces.
function trim(text) {
  let [start, end] = [0, text.length];
  while (start < end && ENDS.test(text[start])) start += 1;
  while (start < end && ENDS.test(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

// By the names that they have on the server.
const CLEAN = { line, plain_line: plain, lines };
