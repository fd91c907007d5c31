// ../page/src/report/build-report.ts
import { createHash, randomBytes } from "node:crypto";
import { relative as relative4 } from "node:path";

// ../page/src/core/read.ts
import { types } from "node:util";
var NOTHING = { found: "nothing" };
var MAX_CHAIN = 32;
function isReadable(value) {
  if (value === null || typeof value !== "object" && typeof value !== "function") return false;
  return !types.isProxy(value);
}
function readOwn(target, key) {
  if (!isReadable(target)) return NOTHING;
  try {
    const descriptor = Object.getOwnPropertyDescriptor(target, key);
    if (descriptor === void 0) return NOTHING;
    if ("value" in descriptor) return { found: "value", value: descriptor.value };
    return { found: "accessor", get: descriptor.get !== void 0, set: descriptor.set !== void 0 };
  } catch {
    return NOTHING;
  }
}
function read(target, key) {
  for (const holder of chainOf(target)) {
    const reading = readOwn(holder, key);
    if (reading.found !== "nothing") return reading;
  }
  return NOTHING;
}
function readValue(target, key) {
  const reading = read(target, key);
  return reading.found === "value" ? reading.value : void 0;
}
function readString(target, key) {
  const value = readValue(target, key);
  return typeof value === "string" ? value : void 0;
}
function inherits(value, prototype) {
  let first = true;
  for (const holder of chainOf(value)) {
    if (!first && holder === prototype) return true;
    first = false;
  }
  return false;
}
function classNameOf(value) {
  let first = true;
  for (const holder of chainOf(value)) {
    if (first) {
      first = false;
      continue;
    }
    const maker = readOwn(holder, "constructor");
    if (maker.found !== "value" || typeof maker.value !== "function") continue;
    const name = readOwn(maker.value, "name");
    if (name.found === "value" && typeof name.value === "string" && name.value !== "") return name.value;
  }
  return void 0;
}
function isErrorLike(value) {
  if (!isReadable(value)) return false;
  return types.isNativeError(value) || inherits(value, Error.prototype);
}
var DOM_EXCEPTION = Object.getOwnPropertyDescriptors(
  globalThis.DOMException?.prototype ?? {}
);
function readErrorField(error, key) {
  const reading = read(error, key);
  if (reading.found === "value") return reading.value;
  const native = DOM_EXCEPTION[key]?.get;
  const isDomException = native !== void 0 && isReadable(error) && classNameOf(error) === "DOMException";
  if (!isDomException) return void 0;
  try {
    return native.call(error);
  } catch {
    return void 0;
  }
}
function readStack(error) {
  if (!isReadable(error)) return void 0;
  try {
    const own = Object.getOwnPropertyDescriptor(error, "stack");
    if (own === void 0) return void 0;
    if ("value" in own) return typeof own.value === "string" ? own.value : void 0;
    const native = Object.getOwnPropertyDescriptor(new Error(), "stack")?.get;
    if (own.get === void 0 || own.get !== native) return void 0;
    const value = own.get.call(error);
    return typeof value === "string" ? value : void 0;
  } catch {
    return void 0;
  }
}
function* chainOf(value) {
  let holder = value;
  for (let depth = 0; depth < MAX_CHAIN && isReadable(holder); depth++) {
    yield holder;
    try {
      holder = Object.getPrototypeOf(holder);
    } catch {
      return;
    }
  }
}

// ../page/src/report/error-chain.ts
var MAX_ERRORS = 50;
var MAX_COUNTED = 5e3;
function errorChain(thrown) {
  const links = [];
  const seen = /* @__PURE__ */ new Set();
  const waiting = [{ value: thrown, relation: "reported", parent: void 0, member: void 0 }];
  let counted = 0;
  while (waiting.length > 0 && counted < MAX_COUNTED) {
    const link = waiting.pop();
    if (isReadable(link.value)) {
      if (seen.has(link.value)) continue;
      seen.add(link.value);
    }
    counted++;
    const index = links.length;
    const isKept = index < MAX_ERRORS;
    if (isKept) links.push(link);
    for (const next of carriedBy(link.value).reverse()) {
      waiting.push({ ...next, parent: isKept ? index : void 0 });
    }
  }
  return { links, more: counted - links.length + waiting.length };
}
function carriedBy(value) {
  if (!isReadable(value)) return [];
  const found = [];
  const add = (key, relation) => {
    const reading = readOwn(value, key);
    if (reading.found === "value" && reading.value !== void 0) {
      found.push({ value: reading.value, relation, member: void 0 });
    }
  };
  if (isErrorLike(value)) add("cause", "cause");
  if (readErrorField(value, "name") === "SuppressedError") {
    add("error", "cause");
    add("suppressed", "suppressed");
  }
  return [...found, ...membersOf(value)];
}
var MAX_MEMBERS = 1e3;
function membersOf(value) {
  const errors = readOwn(value, "errors");
  if (errors.found !== "value" || !isReadable(errors.value) || !Array.isArray(errors.value)) return [];
  const isAggregate = readErrorField(value, "name") === "AggregateError";
  const length = Math.min(errors.value.length, MAX_MEMBERS);
  const members = [];
  for (let index = 0; index < length; index++) {
    const member = readOwn(errors.value, String(index));
    if (member.found !== "value") continue;
    if (!isAggregate && !isErrorLike(member.value)) return [];
    const position = { number: index + 1, of: errors.value.length };
    members.push({ value: member.value, relation: "member", member: position });
  }
  return members;
}

// ../page/src/report/frame-groups.ts
var MAX_PERIOD = 8;
function frameItems(frames) {
  const items = [];
  let index = 0;
  while (index < frames.length) {
    const frame = frames[index];
    if (frame.kind === "app") {
      const repeat = repeatBefore(frames, index);
      if (repeat !== void 0) {
        items.push(repeat.item);
        index = repeat.next;
        continue;
      }
      items.push({ type: "frame", frame, index });
      index++;
      continue;
    }
    const start = index;
    while (index < frames.length && frames[index]?.kind !== "app") index++;
    items.push(...groupsOf(frames, start, index));
  }
  return items;
}
function repeatBefore(frames, index) {
  for (let period = 1; period <= Math.min(MAX_PERIOD, index); period++) {
    let next = index;
    while (next < frames.length && isSame(frames[next], frames[next - period])) next++;
    const times = Math.floor((next - index) / period);
    if (times < 2) continue;
    const end = index + times * period;
    const calls = period === 1 ? "this call" : `these ${period} calls`;
    const label = `${calls} repeated ${times} more times`;
    return { item: { type: "repeat", label, frames: slice(frames, index, end) }, next: end };
  }
  return void 0;
}
var isSame = (a, b) => a !== void 0 && a.file !== void 0 && a.file === b?.file && a.line === b.line && a.column === b.column;
function groupsOf(frames, start, end) {
  const groups = [];
  let from = start;
  for (let at = start + 1; at <= end; at++) {
    if (at < end && ownerOf(frames[at]) === ownerOf(frames[from])) continue;
    const members = slice(frames, from, at);
    const count = members.length === 1 ? "1 frame" : `${members.length} frames`;
    groups.push({
      type: "group",
      label: `${count} of ${ownerOf(frames[from])}`,
      frames: members
    });
    from = at;
  }
  return groups;
}
var slice = (frames, start, end) => frames.slice(start, end).map((frame, offset) => ({ frame, index: start + offset }));
function ownerOf(frame) {
  if (frame.kind !== "dependency" || frame.package === void 0) return "the runtime";
  const { name, version } = frame.package;
  return version === void 0 ? name : `${name} ${version}`;
}
function mainFrameIndex(frames) {
  const own = frames.findIndex((frame) => frame.kind === "app" && frame.source !== void 0);
  if (own >= 0) return own;
  const app = frames.findIndex((frame) => frame.kind === "app");
  if (app >= 0) return app;
  const dependency = frames.findIndex((frame) => frame.kind === "dependency");
  return dependency >= 0 ? dependency : frames.length > 0 ? 0 : -1;
}
function shownPath(file, cwd) {
  if (file === void 0) return "<anonymous>";
  const separator = /^[A-Za-z]:\\/.test(cwd) ? "\\" : "/";
  const root = cwd.endsWith(separator) ? cwd : `${cwd}${separator}`;
  return file.startsWith(root) ? file.slice(root.length) : file;
}
function shownPlace(frame, cwd) {
  if (frame.file === void 0) return frame.line === void 0 ? "<anonymous>" : frame.raw;
  const line = frame.line === void 0 ? "" : `:${frame.line}`;
  const column = frame.column === void 0 || frame.line === void 0 ? "" : `:${frame.column}`;
  return `${shownPath(frame.file, cwd)}${line}${column}`;
}
function shownFunction(frame) {
  const name = frame.functionName ?? "<anonymous>";
  return `${frame.isAsync ? "async " : ""}${frame.isConstructor ? "new " : ""}${name}`;
}

// ../page/src/report/hints/data-hints.ts
import { readFile } from "node:fs/promises";
import { join } from "node:path";

// ../page/src/core/errors.ts
var CARET_CONTEXT = 60;
function caretUnder(text, position) {
  const from = Math.max(0, position - CARET_CONTEXT);
  const shown = text.slice(from, position + CARET_CONTEXT).replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]/g, "\xB7");
  return `  ${shown}
  ${" ".repeat(position - from)}^`;
}

// ../page/src/core/nearest.ts
function nearest(name, candidates) {
  const wanted = name.slice(0, 64).toLowerCase();
  const limit = Math.max(1, Math.min(3, Math.floor(wanted.length / 3)));
  let best;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
function editDistance(a, b, stopAt) {
  if (Math.abs(a.length - b.length) >= stopAt) return stopAt;
  let beforeLast = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    let smallest = row;
    for (let column = 1; column <= b.length; column++) {
      const replace = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      let cost = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, replace);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      current[column] = cost;
      smallest = Math.min(smallest, cost);
    }
    if (smallest >= stopAt) return stopAt;
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? stopAt;
}

// ../page/src/report/hints/hint-provider.ts
function whenMessage(name, pattern, advise) {
  return {
    name,
    match: (facts) => {
      const match = pattern.exec(facts.error.message.slice(0, 2e3));
      return match === null ? void 0 : advise(match, facts);
    }
  };
}
function whenCode(name, codes, advise) {
  return {
    name,
    match: (facts) => codes.includes(facts.error.code ?? "") ? advise(facts) : void 0
  };
}
function propertyText({ error }, key) {
  const text = error.properties.find((property2) => property2.key === key)?.value.text ?? "";
  return /^(['"]).*\1$/s.test(text) ? text.slice(1, -1) : text;
}

// ../page/src/report/hints/data-hints.ts
var mergeMarkers = {
  name: "merge-markers",
  match: ({ error, frame }) => {
    const { source } = frame ?? {};
    if (error.name !== "SyntaxError" || source === void 0) return void 0;
    const index = source.lines.findIndex((line) => /^(?:<{7} |={7}$|>{7} )/.test(line));
    return index < 0 ? void 0 : {
      title: `A conflict of a merge was not resolved, line ${source.startLine + index}.`,
      text: "Choose one of the two versions and delete the marker lines."
    };
  }
};
var jsonParse = whenMessage(
  "json-parse",
  /^(?:Unexpected (?:token|end|non-whitespace|number|string)|Expected .{1,80} in JSON|Bad (?:control|escaped)|Unterminated (?:string|fractional)|"[^"]{0,200}" is not valid JSON|No number after)/,
  ({ input }, { error }) => {
    if (error.name !== "SyntaxError" || !/JSON/.test(input)) return void 0;
    const text = /"([\s\S]{1,400})" is not valid JSON$|, (?:\.{3})?"([\s\S]{1,400})"(?:\.{3})? is not valid JSON/.exec(
      input
    );
    const shown = text?.[1] ?? text?.[2] ?? "";
    if (/^\s*<(?:!doctype|html)/i.test(shown)) {
      return {
        title: "The text is HTML, not JSON.",
        text: "The other side answered with a page, most often an error page: check status and URL before parsing."
      };
    }
    if (/^\[object \w+\]/.test(shown)) {
      return {
        title: "An object was turned into text by `String`.",
        text: "It is an object already, so it needs no parsing; or it was sent without `JSON.stringify`."
      };
    }
    if (/undefined/.test(input) && /"undefined" is not valid JSON/.test(input)) {
      return { title: "`undefined` was parsed.", text: "The value to parse is missing." };
    }
    if (/end of JSON input/.test(input)) {
      return {
        title: "The text ends too early.",
        text: "It is empty or cut off: check its length, and that the whole body was awaited."
      };
    }
    const places = /\(line (\d{1,7}) column (\d{1,7})\)/.exec(input);
    const where = places === null ? "" : ` Line ${places[1]}, column ${places[2]}.`;
    const position = failingPosition(input, shown);
    const marked = position === void 0 ? "" : `
${caretUnder(shown, position)}`;
    return {
      title: "The text is not JSON.",
      text: `Strict JSON has double quotes only, no comma after the last item and no comments.${where}${marked}`
    };
  }
);
function failingPosition(message, shown) {
  const token = /^Unexpected token '([\s\S])'/.exec(message)?.[1];
  if (token === void 0 || shown === "") return void 0;
  if (/, \.\.\."/.test(message)) return shown[10] === token ? 10 : void 0;
  const first = shown.indexOf(token);
  return first >= 0 && first === shown.lastIndexOf(token) ? first : void 0;
}
var circular = whenMessage(
  "circular-json",
  /^Converting circular structure to JSON([\s\S]*)/,
  ([, path = ""]) => {
    const start = /starting at object with constructor '([^']{1,80})'/.exec(path)?.[1];
    const closing2 = /property '([^']{1,80})' closes the circle|index (\d+) closes the circle/.exec(path);
    const by = closing2?.[1] ?? closing2?.[2];
    return {
      title: start === void 0 ? "An object holds itself." : `An object of class \`${start}\` holds itself${by === void 0 ? "" : ` by \`${by}\``}.`,
      text: "Choose the members to send, or give the class a `toJSON`. Request and response objects of any framework are circular."
    };
  }
);
var overflow = whenMessage("stack-overflow", /^Maximum call stack size exceeded/, (_match, { error }) => {
  const counts = /* @__PURE__ */ new Map();
  for (const { functionName: functionName2, file, line } of error.frames) {
    if (file === void 0) continue;
    const key = `\`${functionName2 ?? "the function"}\` (line ${line})`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const repeated = [...counts].filter(([, count]) => count > 1).map(([key]) => key);
  return {
    title: repeated.length === 0 ? "Functions call each other without end." : `${repeated.slice(0, 3).join(" and ")} ${repeated.length === 1 ? "calls itself" : "call each other"} without end.`,
    text: "Look at the condition that should end it. A setter that sets itself, and a spread of a very long array into a call, fail this way too."
  };
});
var environment = {
  name: "environment",
  match: async ({ line, error, report, values }) => {
    const name = /process\.env(?:\.|\[['"])([A-Za-z_]\w{0,80})/.exec(line)?.[1];
    if (name === void 0 || values.get(`process.env.${name}`)?.startsWith("'")) return void 0;
    if (process.env[name] !== void 0 || !/undefined|Invalid|required|missing/i.test(error.message))
      return void 0;
    const meant = nearest(name, Object.keys(process.env));
    const example = await readFile(join(report.runtime.cwd, ".env.example"), "utf8").catch(() => "");
    const listed = new RegExp(`^${name}=`, "m").test(example);
    return {
      title: `The variable \`${name}\` is not set in the environment.`,
      text: meant === void 0 ? `Set it before the start, or load a file with \`node --env-file=.env\`.${listed ? " `.env.example` lists it." : ""}` : `\`${meant}\` is set: is one of the two misspelt?`
    };
  }
};
var notAnError = {
  name: "not-an-error",
  match: ({ error }) => error.isError || error.relation !== "reported" ? void 0 : {
    title: `A value of type \`${error.name.replaceAll("`", "")}\` was thrown, which is no error.`,
    text: "It carries no stack, so nobody can tell where it came from. Throw `new Error(message, { cause })`."
  }
};
var fixed = (name, pattern, title, text) => whenMessage(name, pattern, () => ({ title, text }));
var DATA_HINTS = [
  mergeMarkers,
  jsonParse,
  circular,
  overflow,
  environment,
  notAnError,
  fixed(
    "bigint-json",
    /^Do not know how to serialize a BigInt/,
    "JSON has no BigInt.",
    'Turn it into text or a number first, for example in a replacer: `(key, value) => typeof value === "bigint" ? String(value) : value`.'
  ),
  fixed(
    "bigint-mix",
    /^Cannot mix BigInt and other types/,
    "A BigInt and a number were combined.",
    "Convert one of them: `BigInt(n)`, or `Number(b)` when it is small enough."
  ),
  fixed(
    "invalid-date",
    /^Invalid time value$/,
    "The date is none: it was made of text that is no date.",
    "Check `Number.isNaN(date.getTime())` after making it."
  ),
  fixed(
    "uri-malformed",
    /^URI malformed$/,
    "The text holds a `%` that begins no valid code.",
    "Somebody sent a broken URL: answer 400. Text to be put into a URL goes through `encodeURIComponent`."
  ),
  fixed(
    "array-length",
    /^Invalid (?:array|typed array) length/,
    "The length is negative, broken or too large.",
    "Check the number it was made of: `NaN` and negative numbers come from missing values."
  ),
  fixed(
    "string-length",
    /^Invalid string length|Cannot create a string longer than/,
    "The text would be longer than a string can be (about 512 MB).",
    "Work with streams or Buffers."
  ),
  fixed(
    "expression",
    /^Invalid regular expression/,
    "The regular expression cannot be read.",
    'Text of users must be escaped before it becomes a part of one: `text.replace(/[.*+?^${}()|[\\]\\\\]/g, "\\\\$&")`.'
  )
];

// ../page/src/report/hints/database-hints.ts
var DATABASE_HINTS = [
  whenMessage(
    "no-table",
    /(?:relation|no such table:?|Table) ["'`]?([\w.]{1,120})["'`]?(?: does(?: not|n't) exist)?/,
    ([, table], { error }) => ["42P01", "SQLITE_ERROR", "ER_NO_SUCH_TABLE"].includes(error.code ?? "") && /exist|no such table/.test(error.message) ? {
      title: `The table \`${table}\` does not exist.`,
      text: "Have the migrations run on this database? Is it the right database and schema?"
    } : void 0
  ),
  whenMessage(
    "no-column",
    /column ["'`]?([\w.]{1,120})["'`]? (?:of relation .{1,120} )?does not exist|no such column:? ([\w.]{1,120})|Unknown column '([^']{1,120})'/,
    ([, a, b, c], facts) => {
      const meant = propertyText(facts, "hint");
      return {
        title: `The column \`${a ?? b ?? c}\` does not exist.`,
        text: meant === "" ? "Check its spelling, and whether the migrations have run. PostgreSQL folds names without quotes to lower case." : `The database says: ${meant}`
      };
    }
  ),
  whenCode(
    "duplicate-row",
    ["23505", "ER_DUP_ENTRY", "SQLITE_CONSTRAINT_UNIQUE", "11000", "P2002"],
    (facts) => {
      const constraint = propertyText(facts, "constraint").replaceAll("`", "");
      return {
        title: `A row with this value exists already${constraint === "" ? "" : ` (\`${constraint}\`)`}.`,
        text: "Answer 409, or insert with `ON CONFLICT`. Checking before inserting is not enough: two requests may check at once."
      };
    }
  ),
  whenCode(
    "foreign-key",
    ["23503", "ER_NO_REFERENCED_ROW_2", "ER_ROW_IS_REFERENCED_2", "SQLITE_CONSTRAINT_FOREIGNKEY", "P2003"],
    () => ({
      title: "The row points to one that is not there, or others point to it.",
      text: "Insert what it points to first; delete what points to it first."
    })
  ),
  whenCode("not-null", ["23502", "ER_BAD_NULL_ERROR", "SQLITE_CONSTRAINT_NOTNULL"], (facts) => {
    const column = propertyText(facts, "column").replaceAll("`", "");
    return {
      title: `${column === "" ? "A column" : `The column \`${column}\``} must have a value.`,
      text: "The value was missing in what was inserted."
    };
  }),
  whenCode("database-login", ["28P01", "28000", "ER_ACCESS_DENIED_ERROR"], () => ({
    title: "The database refused user or password.",
    text: "Check the connection settings. Special characters of a password in a URL must be percent-encoded."
  })),
  whenCode("no-database", ["3D000", "ER_BAD_DB_ERROR"], () => ({
    title: "There is no database of this name.",
    text: "Create it, and run the migrations."
  })),
  whenCode("too-many-connections", ["53300", "ER_CON_COUNT_ERROR"], () => ({
    title: "The database has no connection left.",
    text: "Use one pool for the whole process, and give connections back in `finally`. A reload that does not close the old pool leaks one each time."
  })),
  whenCode("database-locked", ["SQLITE_BUSY"], () => ({
    title: "Another connection is writing to the database.",
    text: "Set a busy timeout (`PRAGMA busy_timeout = 5000`) and WAL mode, and keep transactions short."
  })),
  whenCode("deadlock", ["40P01", "ER_LOCK_DEADLOCK"], () => ({
    title: "Two transactions waited for each other.",
    text: "Run it again: it is safe. Touch rows in the same order everywhere to make it rare."
  }))
];

// ../page/src/report/hints/module-hints.ts
import { access as access2, readdir, readFile as readFile4 } from "node:fs/promises";
import { builtinModules } from "node:module";
import { basename, dirname as dirname3, extname, join as join4 } from "node:path";
import { fileURLToPath } from "node:url";

// ../page/src/core/short-path.ts
import { isAbsolute, relative } from "node:path";
function shortPath(path, folder) {
  const inside = relative(folder, path);
  return inside === "" || /^\.\.(?:[\\/]|$)/.test(inside) || isAbsolute(inside) ? path : inside;
}

// ../page/src/stack/roots.ts
import { access, readFile as readFile3, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname as dirname2, isAbsolute as isAbsolute2, join as join3, parse, relative as relative2 } from "node:path";

// ../page/src/core/bounded-map.ts
var BoundedMap = class {
  #entries = /* @__PURE__ */ new Map();
  #limits;
  #now;
  /** No entry was born before this: until it is too old none can be, and none need be looked at. */
  #bornAfter = Number.POSITIVE_INFINITY;
  constructor(limits) {
    this.#limits = limits;
    this.#now = limits.now ?? (() => performance.now());
  }
  get size() {
    this.#dropAged();
    return this.#entries.size;
  }
  /** The value, which thereby counts as just used. */
  get(key) {
    this.#dropAged();
    const entry = this.#entries.get(key);
    if (entry === void 0) return void 0;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }
  set(key, value) {
    this.delete(key);
    const bornAt = this.#now();
    this.#entries.set(key, { value, bornAt });
    this.#bornAfter = Math.min(this.#bornAfter, bornAt);
    this.#dropAged();
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#limits.maxEntries) break;
      this.delete(oldest);
    }
  }
  delete(key) {
    const entry = this.#entries.get(key);
    if (entry === void 0) return false;
    this.#entries.delete(key);
    this.#limits.onEvict?.(entry.value, key);
    return true;
  }
  clear() {
    for (const key of [...this.#entries.keys()]) this.delete(key);
  }
  /** Values, the one used longest ago first. */
  values() {
    this.#dropAged();
    return [...this.#entries.values()].map((entry) => entry.value);
  }
  #dropAged() {
    const { maxAgeMs } = this.#limits;
    if (maxAgeMs === void 0) return;
    const oldest = this.#now() - maxAgeMs;
    if (this.#bornAfter >= oldest) return;
    this.#bornAfter = Number.POSITIVE_INFINITY;
    for (const [key, { bornAt }] of this.#entries) {
      if (bornAt < oldest) this.delete(key);
      else this.#bornAfter = Math.min(this.#bornAfter, bornAt);
    }
  }
};

// ../page/src/core/shared.ts
var KEY = /* @__PURE__ */ Symbol.for("rocksolid.shared.1");
function shared(name, create) {
  const holder = globalThis;
  let values = holder[KEY];
  if (values === void 0) {
    values = /* @__PURE__ */ new Map();
    Object.defineProperty(holder, KEY, { value: values });
  }
  if (!values.has(name)) values.set(name, create());
  return values.get(name);
}

// ../page/src/stack/packages.ts
import { readFile as readFile2, stat } from "node:fs/promises";
import { dirname, join as join2 } from "node:path";
var MAX_MANIFEST = 256 * 1024;
var MAX_CLIMB = 24;
var manifests = shared(
  "stack.manifests",
  () => new BoundedMap({ maxEntries: 500, maxAgeMs: 6e4 })
);
async function dependencyOf(file) {
  const match = /^(.*[\\/]node_modules[\\/])((?:@[^\\/]{1,214}[\\/])?[^\\/]{1,214})[\\/]/s.exec(file);
  if (match === null) return void 0;
  const [, above = "", name = ""] = match;
  const facts = await manifestIn(join2(above, name));
  return { name: name.replace("\\", "/"), version: facts?.version };
}
async function packageOf(file) {
  let folder = dirname(file);
  for (let climbed = 0; climbed < MAX_CLIMB; climbed++) {
    const facts = await manifestIn(folder);
    if (facts !== void 0) return facts;
    const parent = dirname(folder);
    if (parent === folder) return void 0;
    folder = parent;
  }
  return void 0;
}
function manifestIn(folder) {
  let facts = manifests.get(folder);
  if (facts === void 0) {
    facts = readManifest(folder);
    manifests.set(folder, facts);
  }
  return facts;
}
async function readManifest(root) {
  const path = join2(root, "package.json");
  try {
    const { size } = await stat(path);
    if (size > MAX_MANIFEST) return { name: void 0, version: void 0, root };
    const manifest = JSON.parse(await readFile2(path, "utf8"));
    if (typeof manifest !== "object" || manifest === null) return void 0;
    const { name, version } = manifest;
    return {
      name: typeof name === "string" ? name.slice(0, 214) : void 0,
      version: typeof version === "string" ? version.slice(0, 64) : void 0,
      root
    };
  } catch {
    return void 0;
  }
}

// ../page/src/stack/roots.ts
var known = shared(
  "stack.roots",
  () => new BoundedMap({ maxEntries: 8, maxAgeMs: 6e4 })
);
function projectRoots(cwd = process.cwd()) {
  let roots = known.get(cwd);
  if (roots === void 0) {
    roots = findRoots(cwd).catch(() => [cwd]);
    known.set(cwd, roots);
  }
  return roots;
}
function isInside(path, folders) {
  return folders.some((folder) => {
    const inside = relative2(folder, path);
    return inside !== "" && !inside.startsWith("..") && !isAbsolute2(inside);
  });
}
async function findRoots(cwd) {
  const found = /* @__PURE__ */ new Set([cwd, await workspaceOf(cwd)]);
  const script = process.argv[1];
  if (script !== void 0) {
    const real = await realpath(script).catch(() => void 0);
    const isInstalled = real === void 0 || /[\\/]node_modules[\\/]/.test(real);
    if (real !== void 0 && !isInstalled) {
      const root = (await packageOf(real))?.root ?? dirname2(real);
      found.add(root);
      found.add(await workspaceOf(root));
    }
  }
  return [...found].filter((folder) => folder !== parse(folder).root && folder !== homedir());
}
async function workspaceOf(start) {
  let folder = start;
  let outermost = start;
  for (let climbed = 0; climbed < 12; climbed++) {
    if (folder === homedir() || folder === parse(folder).root) break;
    if (await isWorkspace(folder)) outermost = folder;
    folder = dirname2(folder);
  }
  return outermost;
}
async function isWorkspace(folder) {
  const has = (name) => access(join3(folder, name)).then(
    () => true,
    () => false
  );
  if (await has(".git") || await has("pnpm-workspace.yaml")) return true;
  const manifest = await readFile3(join3(folder, "package.json"), "utf8").catch(() => "");
  return manifest.includes('"workspaces"');
}

// ../page/src/report/hints/module-hints.ts
var exists = (path) => access2(path).then(
  () => true,
  () => false
);
var MISSING = /^Cannot find (?:module|package) '([^']{1,500})'(?: imported from (\S{1,500}))?/;
var moduleNotFound = whenMessage("module-not-found", MISSING, ([, name = "", from], facts) => {
  const isPath = /^(?:\.{1,2}\/|\/|file:|[A-Za-z]:\\)/.test(name);
  return isPath ? missingFile(name, from, facts) : missingPackage(name, facts);
});
async function missingPackage(name, facts) {
  const wanted = name.startsWith("@") ? name.split("/", 2).join("/") : name.split("/", 1)[0] ?? name;
  const builtin = nearest(wanted.replace(/^node:/, ""), builtinModules);
  if (wanted.startsWith("node:")) {
    return {
      title: `Node.js has no module \`${wanted}\`.`,
      text: builtin === void 0 ? "Check its name." : `Did you mean \`node:${builtin}\`?`
    };
  }
  const { cwd } = facts.report.runtime;
  const near = nearest(wanted, await declaredPackages(cwd));
  if (near !== void 0 && near !== wanted) {
    return {
      title: `The package \`${wanted}\` is not installed. Did you mean \`${near}\`?`,
      text: `package.json names \`${near}\`.`
    };
  }
  const isDeclared = near === wanted;
  return {
    title: `The package \`${wanted}\` is not installed.`,
    text: isDeclared ? "package.json names it, but node_modules does not hold it." : "It is not in package.json either.",
    // A package name of these characters needs no quoting.
    .../^[@\w./-]+$/.test(wanted) ? { command: await installCommand(cwd, isDeclared ? "" : wanted) } : {}
  };
}
async function declaredPackages(folder) {
  try {
    const manifest = JSON.parse(await readFile4(join4(folder, "package.json"), "utf8"));
    return ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"].flatMap(
      (kind) => Object.keys(manifest[kind] ?? {})
    );
  } catch {
    return [];
  }
}
async function installCommand(folder, name) {
  const managers = [
    ["pnpm-lock.yaml", "pnpm", "add"],
    ["yarn.lock", "yarn", "add"],
    ["bun.lock", "bun", "add"],
    ["bun.lockb", "bun", "add"]
  ];
  for (const [lock, manager, add] of managers) {
    if (await exists(join4(folder, lock)))
      return name === "" ? `${manager} install` : `${manager} ${add} ${name}`;
  }
  return name === "" ? "npm install" : `npm install ${name}`;
}
async function missingFile(name, from, facts) {
  const importer = from ?? facts.frame?.file;
  const path = name.startsWith("file:") ? fileURLToPath(name) : name.startsWith(".") ? importer && join4(dirname3(importer), name) : name;
  if (path === void 0 || path === "") return void 0;
  const { cwd } = facts.report.runtime;
  const title = `There is no file \`${shortPath(path, cwd)}\`.`;
  if (!isInside(path, facts.roots ?? await projectRoots())) return { title, text: "Check the path." };
  const files = await readdir(dirname3(path)).catch(() => void 0);
  if (files === void 0)
    return { title, text: `Its folder \`${shortPath(dirname3(path), cwd)}\` does not exist either.` };
  const file = basename(path);
  const stem = basename(path, extname(path));
  const same = files.find(
    (one) => one !== file && basename(one, extname(one)) === stem && extname(one) !== ""
  );
  if (same !== void 0 && extname(path) === "") {
    return { title: `${title} ES modules need the extension.`, text: `Write \`${same}\` in full.` };
  }
  if (extname(path) === "" && files.includes(file)) {
    return {
      title: `\`${file}\` is a folder.`,
      text: `ES modules do not look for an index file: write \`${file}/index.js\`.`
    };
  }
  const near = same ?? nearest(file, files);
  return near === void 0 ? { title, text: "Check the path; it is taken relative to the importing file." } : { title: `${title} Did you mean \`${near}\`?`, text: `\`${near}\` is in the same folder.` };
}
var plain = (name, pattern, title, text) => whenMessage(name, pattern, (match) => ({
  title: title.replace(/\{(\d)\}/g, (_whole, group) => match[Number(group)] ?? ""),
  text
}));
var MODULE_HINTS = [
  moduleNotFound,
  whenCode("require-of-esm", ["ERR_REQUIRE_ESM", "ERR_REQUIRE_ASYNC_MODULE"], () => ({
    title: "An ES module was loaded with `require`.",
    text: 'Use `await import(\u2026)`, or make the loading file an ES module (`"type": "module"` or `.mjs`). Node.js 22.12 and later can require ES modules that have no top-level await.'
  })),
  plain(
    "named-export",
    /^Named export '([^']{1,100})' not found\. The requested module '([^']{1,300})' is a CommonJS module/,
    "`{2}` is CommonJS, and its `{1}` cannot be seen from outside.",
    'Import the whole and take it apart: `import pkg from "\u2026"; const { name } = pkg`.'
  ),
  plain(
    "missing-export",
    /^The requested module '([^']{1,300})' does not provide an export named '([^']{1,100})'/,
    "`{1}` has no export named `{2}`.",
    "Check its spelling, whether it is the default export, and whether it is only a type: then write `import type`."
  ),
  plain(
    "import-outside-module",
    /^Cannot use import statement outside a module/,
    "The file is read as CommonJS, but is written as an ES module.",
    'Put `"type": "module"` into package.json, or name the file `.mjs`.'
  ),
  plain(
    "export-in-commonjs",
    /^Unexpected token 'export'/,
    "The file is read as CommonJS, but is written as an ES module.",
    'Put `"type": "module"` into the package.json next to it, or name it `.mjs`.'
  ),
  whenCode("subpath-not-exported", ["ERR_PACKAGE_PATH_NOT_EXPORTED"], () => ({
    title: "The package does not export this path.",
    text: 'Only what its package.json lists under "exports" can be imported; look there for the right path.'
  })),
  plain(
    "unknown-extension",
    /^Unknown file extension "(\.[mc]?tsx?)"/,
    "Node.js does not run `{1}` files by itself here.",
    "Start with a loader (`node --import tsx`), or use Node.js 22.18 or later, which strips types."
  ),
  plain(
    "import-attribute",
    /needs an import attribute of "?type: json|ERR_IMPORT_ATTRIBUTE_MISSING|needs an import assertion of type "json"/,
    "JSON is imported without saying that it is JSON.",
    "Write `import data from './data.json' with { type: 'json' }`."
  ),
  plain(
    "native-module-version",
    /was compiled against a different Node\.js version using\s+NODE_MODULE_VERSION (\d+)/,
    "A native module was built for another version of Node.js (module version {1}).",
    "Build it again for this one: `npm rebuild`."
  )
];

// ../page/src/stack/identifiers.ts
var WORDS = new Set(
  "abstract any as async await boolean break case catch class const continue debugger declare default delete do else enum export extends false finally for from function get if implements import in infer instanceof interface is keyof let new null number of package private protected public readonly return satisfies set static string super switch throw true try type typeof undefined unknown var void while with yield NaN Infinity".split(" ")
);
var TOKEN = /(?<skip>\$\{|'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|\/\/.*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?)|(?<path>[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$#][\w$]*)*)|./gu;
var MAX_NAMES = 12;
var MAX_LINE = 400;
function identifiersOn(line) {
  const found = /* @__PURE__ */ new Map();
  let before = "";
  for (const match of line.slice(0, MAX_LINE).matchAll(TOKEN)) {
    const text = match.groups?.path;
    if (text === void 0) {
      if (match[0].trim() !== "") before = match[0];
      continue;
    }
    const path = text.split(/\??\./);
    const rest = line.slice(match.index + text.length);
    const isKey = /^\s{0,8}:(?!:)/.test(rest) && /[{,(]/.test(before);
    const isMember = before === "." || before === "#";
    before = "x";
    if (WORDS.has(path[0] ?? "") || isKey || isMember) continue;
    const called = /^\s{0,8}(?:\?\.)?\(/.test(rest);
    const key = path.join(".");
    if (!found.has(key)) found.set(key, { text: key, path, index: match.index, called });
    if (found.size >= MAX_NAMES) break;
  }
  return [...found.values()];
}

// ../page/src/stack/source.ts
import { statSync } from "node:fs";
import { readFile as readFile6, realpath as realpath2 } from "node:fs/promises";
import { extname as extname2, isAbsolute as isAbsolute4, relative as relative3, sep } from "node:path";

// ../page/src/stack/source-map.ts
import { readFile as readFile5, stat as stat2 } from "node:fs/promises";
import { SourceMap } from "node:module";
import { dirname as dirname4, isAbsolute as isAbsolute3, resolve } from "node:path";
import { fileURLToPath as fileURLToPath2 } from "node:url";
var MAX_FILE = 8 * 1024 * 1024;
var maps = shared(
  "stack.sourceMaps",
  () => new BoundedMap({ maxEntries: 20, maxAgeMs: 6e4 })
);
async function originalPlace(file, line, column) {
  const loaded = await loadMap(file);
  if (loaded === void 0) return void 0;
  try {
    const entry = loaded.map.findEntry(line - 1, column - 1);
    if (!("originalSource" in entry)) return void 0;
    const original = resolveSource(entry.originalSource, loaded.folder);
    if (original === void 0) return void 0;
    return { file: original, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
  } catch {
    return void 0;
  }
}
async function originalText(compiledFile, file) {
  return (await loadMap(compiledFile))?.sources.get(file);
}
function loadMap(file) {
  let loaded = maps.get(file);
  if (loaded === void 0) {
    loaded = readMap(file).catch(() => void 0);
    maps.set(file, loaded);
  }
  return loaded;
}
async function readMap(file) {
  const code = await readCapped(file);
  const reference = code === void 0 ? void 0 : mapReference(code);
  if (reference === void 0) return void 0;
  const folder = dirname4(file);
  const text = reference.startsWith("data:") ? inlineMap(reference) : await siblingMap(reference, folder);
  if (text === void 0) return void 0;
  const payload = JSON.parse(text.replace(/^\)\]\}'[^\n]*\n/, ""));
  const mapFolder = reference.startsWith("data:") ? folder : dirname4(resolve(folder, reference));
  const root = typeof payload.sourceRoot === "string" ? resolve(mapFolder, payload.sourceRoot) : mapFolder;
  const sources = /* @__PURE__ */ new Map();
  for (const [index, source] of payload.sources.entries()) {
    const content = payload.sourcesContent?.[index];
    const path = resolveSource(source, root);
    if (path !== void 0 && typeof content === "string") sources.set(path, content);
  }
  return { map: new SourceMap(payload), folder: root, sources };
}
async function readCapped(path) {
  const facts = await stat2(path);
  return facts.isFile() && facts.size <= MAX_FILE ? await readFile5(path, "utf8") : void 0;
}
var MARK = "sourceMappingURL=";
function mapReference(code) {
  const at = code.lastIndexOf(MARK);
  if (at < 0 || !/[#@]\s?$/.test(code.slice(Math.max(0, at - 2), at))) return void 0;
  const end = code.slice(at + MARK.length).search(/[\s*'"]/);
  const reference = end < 0 ? code.slice(at + MARK.length) : code.slice(at + MARK.length, at + MARK.length + end);
  return reference === "" ? void 0 : reference;
}
function inlineMap(reference) {
  const comma = reference.indexOf(",");
  if (comma < 0) return void 0;
  const body = reference.slice(comma + 1);
  return reference.slice(0, comma).endsWith(";base64") ? Buffer.from(body, "base64").toString("utf8") : decodeURIComponent(body);
}
async function siblingMap(reference, folder) {
  if (/^[a-z][a-z0-9+.-]*:/i.test(reference) || !/\.(?:map|json)$/.test(reference)) return void 0;
  return readCapped(resolve(folder, decodeURIComponent(reference)));
}
function resolveSource(source, folder) {
  if (source.startsWith("file:")) return fileURLToPath2(source);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) return void 0;
  return isAbsolute3(source) ? source : resolve(folder, source);
}

// ../page/src/stack/source.ts
var MAX_FILE2 = 1024 * 1024;
var MAX_LINE2 = 320;
var EXTENSIONS = new Set(
  ".js .mjs .cjs .jsx .ts .mts .cts .tsx .vue .svelte .astro .coffee .civet .ls .imba .marko .mdx".split(" ")
);
var texts = shared(
  "stack.texts",
  () => new BoundedMap({ maxEntries: 16, maxAgeMs: 3e4 })
);
async function readExcerpt(frame, options = {}) {
  const { file, line, column } = frame;
  if (file === void 0 || line === void 0 || line < 1) return void 0;
  try {
    const roots = options.roots ?? await projectRoots();
    const found = await readOnce(file, roots, options.memo);
    const { context = 5 } = options;
    if (found !== void 0) return excerptIn(found, line, column, context);
    const text = await carriedText(frame, roots);
    return text === void 0 ? void 0 : excerptOf(text, line, column, context);
  } catch {
    return void 0;
  }
}
async function readSource(file, roots) {
  return (await readFrom(file, roots))?.text;
}
var startedAt = () => Date.now() - process.uptime() * 1e3;
var MAX_EXCERPTS = 200;
function excerptIn({ text, changed, excerpts }, line, column, context) {
  const key = `${line}:${column}:${context}`;
  if (excerpts.has(key)) return excerpts.get(key);
  const found = excerptOf(text, line, column, context);
  const excerpt = found !== void 0 && changed ? { ...found, changed } : found;
  if (excerpts.size >= MAX_EXCERPTS) excerpts.clear();
  excerpts.set(key, excerpt);
  return excerpt;
}
function readOnce(file, roots, memo = /* @__PURE__ */ new Map()) {
  let found = memo.get(file);
  if (found === void 0) {
    found = readFrom(file, roots);
    memo.set(file, found);
  }
  return found;
}
async function readFrom(file, roots) {
  try {
    const path = await allowedPath(file, roots);
    if (path === void 0) return void 0;
    const facts = statSync(path);
    if (!facts.isFile() || facts.size > MAX_FILE2) return void 0;
    const key = `${facts.mtimeMs}:${facts.ctimeMs}:${facts.size}`;
    const known3 = texts.get(path);
    if (known3?.key === key) return known3.file;
    const text = await readFile6(path, "utf8");
    const read2 = { text, changed: facts.mtimeMs > startedAt(), excerpts: /* @__PURE__ */ new Map() };
    texts.set(path, { key, file: read2 });
    return read2;
  } catch {
    return void 0;
  }
}
async function carriedText(frame, roots) {
  if (frame.compiled === void 0 || frame.file === void 0) return void 0;
  if (await allowedPath(frame.compiled.file, roots) === void 0) return void 0;
  return originalText(frame.compiled.file, frame.file);
}
var allowed = shared(
  "stack.allowedPaths",
  () => new BoundedMap({ maxEntries: 500, maxAgeMs: 2e3 })
);
function allowedPath(file, roots) {
  const key = [file, ...roots].join("\0");
  let path = allowed.get(key);
  if (path === void 0) {
    path = findAllowed(file, roots);
    allowed.set(key, path);
    path.catch(() => allowed.delete(key));
  }
  return path;
}
async function findAllowed(file, roots) {
  if (!isAbsolute4(file) || file.startsWith("//") || file.startsWith("\\\\")) return void 0;
  if (file.length > 4096 || file.includes("\0")) return void 0;
  if (!EXTENSIONS.has(extname2(file).toLowerCase())) return void 0;
  const path = await realpath2(file);
  if (!EXTENSIONS.has(extname2(path).toLowerCase())) return void 0;
  for (const root of roots) {
    const inside = relative3(await realRoot(root), path);
    if (inside === "" || inside.startsWith("..") || isAbsolute4(inside)) continue;
    if (isPlain(inside.split(sep))) return path;
  }
  return void 0;
}
async function realRoot(root) {
  return realpath2(root).catch(() => root);
}
var isPlain = (segments) => segments.every(
  (segment, index) => !segment.startsWith(".") || segment === ".pnpm" && segments[index - 1] === "node_modules"
);
function excerptOf(text, line, column, context) {
  const first = Math.max(1, line - context);
  const lines = linesOf(text, first, line + context);
  if (lines.length < line - first + 1) return void 0;
  const index = line - first;
  const failing = lines[index] ?? "";
  const window = cutAround(failing, column);
  return {
    startLine: first,
    lines: lines.map((one, at) => at === index ? window.line : cutEnd(one)),
    line,
    column: window.column
  };
}
function linesOf(text, first, last) {
  const lines = [];
  let start = 0;
  for (let number = 1; number <= last && start <= text.length; number++) {
    const end = text.indexOf("\n", start);
    const stop = end < 0 ? text.length : end;
    if (number >= first) lines.push(text.slice(start, stop).replace(/\r$/, ""));
    start = stop + 1;
  }
  return lines;
}
var cutEnd = (line) => line.length > MAX_LINE2 ? `${line.slice(0, MAX_LINE2)}\u2026` : line;
function cutAround(line, column) {
  if (line.length <= MAX_LINE2 || column === void 0) return { line: cutEnd(line), column };
  const from = Math.max(0, Math.min(column - 1 - MAX_LINE2 / 2, line.length - MAX_LINE2));
  const end = from + MAX_LINE2 < line.length ? "\u2026" : "";
  const start = from > 0 ? "\u2026" : "";
  return { line: `${start}${line.slice(from, from + MAX_LINE2)}${end}`, column: column - from + start.length };
}

// ../page/src/report/hints/name-hints.ts
var GLOBALS = "console process Buffer setTimeout setInterval setImmediate clearTimeout structuredClone fetch URL URLSearchParams Math JSON Object Array String Number Boolean Date Map Set Promise Error TypeError RegExp Symbol parseInt parseFloat globalThis queueMicrotask".split(
  " "
);
async function namesInFile({ frame, roots }) {
  const file = frame?.file;
  const text = file === void 0 ? void 0 : await readSource(file, roots ?? await projectRoots());
  const names = /* @__PURE__ */ new Set();
  for (const match of (text ?? frame?.source?.lines.join("\n") ?? "").matchAll(/[A-Za-z_$][\w$]{1,60}/g)) {
    names.add(match[0]);
    if (names.size > 5e3) break;
  }
  return names;
}
function holderOf(facts, member) {
  const { line, frame } = facts;
  const column = (frame?.source?.column ?? 1) - 1;
  const before = /([A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$#][\w$]*|\[[^[\]]{1,40}\])*)\s{0,8}(?:\.|\[)\s{0,8}['"]?$/;
  const exact = before.exec(line.slice(0, column))?.[1];
  if (exact !== void 0 && line.slice(column).replace(/^['"]/, "").startsWith(member)) return exact;
  const path = identifiersOn(line).find((one) => one.path.slice(1).includes(member));
  return path?.path.slice(0, path.path.indexOf(member, 1)).join(".");
}
var suggestion = (title, text) => ({ title, text });
var notDefined = whenMessage("not-defined", /^([\w$]+) is not defined$/, async ([, name = ""], facts) => {
  const esm = ESM_NAMES[name];
  if (esm !== void 0) return suggestion(`\`${name}\` does not exist in ES modules.`, esm);
  const names = /* @__PURE__ */ new Set([...await namesInFile(facts), ...GLOBALS]);
  names.delete(name);
  const meant = nearest(name, names);
  if (meant === void 0) {
    return suggestion(
      `Nothing named \`${name}\` is in scope.`,
      `Declare or import \`${name}\` before this line.`
    );
  }
  const hint = suggestion(
    `\`${name}\` is not defined. Did you mean \`${meant}\`?`,
    `\`${meant}\` is a name that this file or the runtime knows.`
  );
  const { frame, line } = facts;
  const change = frame?.file !== void 0 && frame.line !== void 0 && line.includes(name);
  const after = line.replaceAll(
    new RegExp(`(?<![\\w$])${name.replace(/\$/g, "\\$")}(?![\\w$])`, "g"),
    () => meant
  );
  return change ? { ...hint, change: { file: frame.file, line: frame.line, before: line, after } } : hint;
});
var ESM_NAMES = {
  require: "Use `import`, or make one: `const require = createRequire(import.meta.url)` from `node:module`.",
  module: "Use `export` in place of `module.exports`.",
  exports: "Use `export` in place of `exports`.",
  __dirname: "Use `import.meta.dirname` (Node.js 20.11 and later).",
  __filename: "Use `import.meta.filename` (Node.js 20.11 and later)."
};
var undefinedMember = whenMessage(
  "member-of-nothing",
  /^Cannot (read|set) propert(?:y|ies) of (undefined|null)(?: \((?:reading|setting) '([^']{1,200})'\))?/,
  ([, verb, what, member = ""], facts) => {
    if (member === "body" || /\breq(?:uest)?\.body$/.test(holderOf(facts, member) ?? "")) return void 0;
    const holder = holderOf(facts, member);
    const title = holder === void 0 ? `Something is \`${what}\` where its member \`${member}\` is ${verb === "read" ? "read" : "set"}.` : `\`${holder}\` is \`${what}\`, so it has no \`${member}\`.`;
    const source = holder === void 0 ? void 0 : originOf(facts, holder);
    const check = `Check \`${holder ?? "it"}\` before, or use \`?.\` when it may be missing.`;
    return suggestion(title, source === void 0 ? check : `${source} ${check}`);
  }
);
function originOf({ frame }, holder) {
  const root = holder.split(/[.[?]/, 1)[0] ?? "";
  const { source } = frame ?? {};
  if (source === void 0 || !/^[\w$]+$/.test(root)) return void 0;
  const assigned = new RegExp(`(?<![\\w$.])${root.replace(/\$/g, "\\$")}(?![\\w$])[^=]{0,40}=(?![=>])`);
  for (let index = source.line - source.startLine; index >= 0; index--) {
    const line = source.lines[index] ?? "";
    const match = assigned.exec(line);
    if (match === null) continue;
    const value = line.slice(match.index + match[0].length).trim().replace(/^await\s+/, "").replace(/[;,]+$/, "").slice(0, 80);
    const awaited = /\bfetch\b|\bfind|async/.test(line) && !line.includes("await") ? " Is an `await` missing there?" : "";
    return value === "" ? void 0 : `${holder === root ? "It" : `\`${root}\``} got its value on line ${source.startLine + index}: \`${value.replaceAll("`", "'")}\`.${awaited}`;
  }
  return void 0;
}
var notFunction = whenMessage(
  "not-a-function",
  /^(.{1,200}?) is not a function/,
  ([, what = ""], facts) => {
    const key = what.replace(/\(intermediate value\)|\(\.\.\. ?\)/g, "");
    const value = facts.values.get(key);
    const is = value === void 0 ? "" : ` It is ${value}.`;
    if (/^app\.use|Router\.use/.test(what)) {
      return suggestion(
        "What was given to `app.use` is no middleware.",
        `Export a function, or the router itself.${is}`
      );
    }
    if (/\.(?:then|catch|finally)$/.test(what)) {
      return suggestion(
        `\`${what.replace(/\.\w+$/, "")}\` is no promise.`,
        `The call before it gives its result at once.${is}`
      );
    }
    if (/\.(?:map|filter|forEach|reduce|find|some|every|push)$/.test(what)) {
      return suggestion(
        `\`${what.replace(/\.\w+$/, "")}\` is no array.`,
        `\`Array.from\` makes one of anything iterable; \`Object.values\` of an object.${is}`
      );
    }
    const wrapped = /^(?:\w+\.)?default$|_default/.test(what);
    return suggestion(
      `\`${what}\` is not a function.`,
      wrapped ? "A CommonJS module that was compiled has its export under `default` once more: try `.default.default`, or import it by name." : `Check the spelling, and that what you import exports it.${is}`
    );
  }
);
var uninitialized = whenMessage(
  "before-initialization",
  /^Cannot access '([^']{1,100})' before initialization/,
  ([, name]) => suggestion(
    `\`${name}\` is used above the line that declares it.`,
    "Move the declaration up. Between modules this means that they import each other: move what both need into a third."
  )
);
var constant = whenMessage("constant", /^Assignment to constant variable/, ({ input }, { line }) => {
  const name = /([A-Za-z_$][\w$]*)\s*(?:[-+*/%&|^]|\*\*|&&|\|\||\?\?)?=(?!=)|([A-Za-z_$][\w$]*)(?:\+\+|--)/.exec(line);
  const what = name?.[1] ?? name?.[2];
  return suggestion(
    what === void 0 ? input : `\`${what}\` is a \`const\`.`,
    "Declare it with `let` when it has to change."
  );
});
var notIterable = whenMessage(
  "not-iterable",
  /^(.{1,200}?) is not iterable/,
  ([, what = ""], { values }) => {
    const value = values.get(what);
    const isObject2 = value?.startsWith("{") === true;
    return suggestion(
      `\`${what}\` is not iterable${value === void 0 ? "" : `: it is ${value}`}.`,
      isObject2 ? "Use `Object.entries(\u2026)` to go over an object." : "Only arrays, strings, Maps, Sets and generators can be spread, destructured or gone over."
    );
  }
);
var notConstructor = whenMessage(
  "not-a-constructor",
  /^(.{1,200}?) is not a constructor/,
  ([, what]) => suggestion(
    `\`${what}\` cannot be made with \`new\`.`,
    "Check whether the class is the default export or a named one: `import X from` and `import { X } from` differ."
  )
);
var withoutNew = whenMessage(
  "class-without-new",
  /^Class constructor (\S{1,100}) cannot be invoked without 'new'/,
  ([, name]) => suggestion(
    `\`${name}\` is a class.`,
    `Call it as \`new ${name}(\u2026)\`. A class compiled to ES5 cannot extend one that is not.`
  )
);
var readOnly = whenMessage(
  "read-only",
  /^Cannot (?:assign to read only property|add property|delete property) '?([^',]{1,100})'?/,
  ([, name]) => suggestion(
    `\`${name}\` cannot be changed: its object is frozen or the property is read-only.`,
    "Make a changed copy: `{ ...object, name: value }`. Express 5 has made `req.query` such a property."
  )
);
var privateMember = whenMessage(
  "private-member",
  /^Cannot (?:read|write) private member (#\w{1,80})/,
  ([, name]) => suggestion(
    `\`${name}\` is reached through an object that was not made by its class.`,
    "Most often a method was passed on without its object: bind it, or call it in an arrow function. A Proxy around the object does the same."
  )
);
var notIn = whenMessage(
  "not-in",
  /^Cannot use 'in' operator to search for '?(.{1,100}?)'? in ([^\n]{0,200})/,
  ([, key, what = ""]) => suggestion(
    `\`in\` was asked of something that is no object, for \`${key}\`.`,
    `It is ${what === "" ? "the empty text" : `\`${what.replaceAll("`", "'")}\``}. Was it meant to be parsed first?`
  )
);
var NAME_HINTS = [
  notDefined,
  undefinedMember,
  notFunction,
  uninitialized,
  constant,
  notIterable,
  notConstructor,
  withoutNew,
  readOnly,
  privateMember,
  notIn
];

// ../page/src/report/hints/request-hints.ts
var SENDS = /\bres(?:ponse)?\b[^\n]{0,40}\.(?:send|json|end|render|redirect|sendFile|writeHead|write|status|set|header|setHeader)\s*\(/;
function otherAnswers({ source }) {
  if (source === void 0) return [];
  return source.lines.map((line, index) => SENDS.test(line) ? source.startLine + index : 0).filter((number) => number > 0 && number !== source.line);
}
var headersSent = whenCode("headers-sent", ["ERR_HTTP_HEADERS_SENT"], ({ frame }) => {
  const others = frame === void 0 ? [] : otherAnswers(frame);
  const first = others.filter((number) => number < (frame?.line ?? 0)).at(-1) ?? others[0];
  return {
    title: "The request is answered twice.",
    text: first === void 0 ? "Look for a missing `return` after an answer, and for `next()` called after one." : `Line ${first} answers already; this line answers again. Put a \`return\` there, or answer in one place.`
  };
});
var bodyParser = {
  name: "body-parser",
  match: ({ error, line, values }) => {
    if (!/^Cannot (?:read|destructure) propert/.test(error.message)) return void 0;
    if (!/\breq(?:uest)?\.body\b|\bctx\.request\.body\b/.test(line)) return void 0;
    const known3 = values.get("req.body");
    if (known3 !== void 0 && known3 !== "undefined") return void 0;
    if (!/of undefined|as it is undefined/.test(error.message)) return void 0;
    return {
      title: "`req.body` is `undefined`: nothing has read the body.",
      text: "Put a parser before the route: `app.use(express.json())` for JSON, `express.urlencoded({ extended: true })` for forms. It reads only requests with the matching Content-Type."
    };
  }
};
var fetchFailed = whenMessage("fetch-failed", /^fetch failed$/, (_match, { report }) => {
  const cause = report.errors.find((error) => error.code !== void 0);
  if (cause === void 0) return void 0;
  return {
    title: `The request failed with ${cause.code}.`,
    text: "The reason is in the cause: `fetch` itself names none."
  };
});
var invalidUrl = whenCode("invalid-url", ["ERR_INVALID_URL"], ({ error }) => {
  const input = error.properties.find(({ key }) => key === "input")?.value.text ?? "The text";
  const isPath = /^['"]\//.test(input);
  return {
    title: `${input} is no complete URL.`,
    text: isPath ? 'A path needs a base: `new URL(path, "http://localhost")`.' : "A URL begins with its scheme: `https://`. Is a variable of the environment empty?"
  };
});
var REQUEST_HINTS = [
  headersSent,
  bodyParser,
  fetchFailed,
  invalidUrl,
  whenCode("header-character", ["ERR_INVALID_CHAR"], () => ({
    title: "A header holds a character that headers may not hold.",
    text: "Line ends and letters beyond Latin-1 must be encoded: `encodeURIComponent(value)`."
  })),
  whenCode("header-value", ["ERR_HTTP_INVALID_HEADER_VALUE"], () => ({
    title: "A header was set to `undefined`.",
    text: "Set it only when there is a value."
  })),
  whenCode("wrote-after-end", ["ERR_STREAM_WRITE_AFTER_END"], () => ({
    title: "Something is written after the stream was ended.",
    text: "Look for an `await` or callback that goes on after `end()`, and for a missing `return`."
  })),
  whenCode(
    "chunk-type",
    ["ERR_INVALID_ARG_TYPE"],
    ({ error }) => /"(?:chunk|data)" argument/.test(error.message) ? {
      title: "Only text and bytes can be written.",
      text: "Turn the value into text first: `JSON.stringify(value)` or `String(value)`."
    } : void 0
  ),
  whenMessage("body-used", /Body is unusable|body (?:has already been read|used already)/i, () => ({
    title: "The body is read twice.",
    text: "A body can be read once. Keep what `json()` or `text()` gave, or read from `response.clone()`."
  })),
  whenMessage("body-too-large", /^request entity too large$/, ({ input }, { error }) => {
    const limit = error.properties.find(({ key }) => key === "limit")?.value.text;
    return {
      title: `The body is larger than the parser allows${limit === void 0 ? "" : ` (${limit} bytes)`}.`,
      text: `Raise it where it is set up: \`express.json({ limit: "1mb" })\`. The parser said: ${input}.`
    };
  }),
  whenMessage(
    "express-path",
    /^(?:Missing parameter name|Unexpected \S{1,20}|Unterminated group).{0,80}at \d+/i,
    () => ({
      title: "The path of a route cannot be read.",
      text: "Express 5 wants a name for every part that varies: `/*splat` in place of `*`, `/:id{.:format}` in place of `?`."
    })
  )
];

// ../page/src/report/hints/system-hints.ts
import { readdir as readdir2, readFile as readFile7, readlink } from "node:fs/promises";
import { basename as basename2, dirname as dirname5, isAbsolute as isAbsolute5 } from "node:path";
var SERVICES = {
  "25": "a mail server",
  "1025": "a mail catcher",
  "1433": "SQL Server",
  "1521": "Oracle",
  "2181": "ZooKeeper",
  "2375": "Docker",
  "3306": "MySQL or MariaDB",
  "4222": "NATS",
  "5432": "PostgreSQL",
  "5672": "RabbitMQ",
  "6379": "Redis or Valkey",
  "8123": "ClickHouse",
  "8500": "Consul",
  "9000": "an S3 store such as MinIO",
  "9042": "Cassandra",
  "9092": "Kafka",
  "9200": "Elasticsearch or OpenSearch",
  "11211": "memcached",
  "26257": "CockroachDB",
  "27017": "MongoDB"
};
var portOf = (facts) => propertyText(facts, "port") || (/:(\d{1,5})\b(?!.*:\d)/.exec(facts.error.message)?.[1] ?? "");
var addressInUse = whenCode("address-in-use", ["EADDRINUSE"], async (facts) => {
  const port = portOf(facts);
  const holder = await holderOfPort(Number(port));
  const who = holder === void 0 ? "Another process" : `${holder.name} (process ${holder.pid})`;
  return {
    title: `${who} listens on port ${port} already.`,
    text: holder?.pid === process.pid ? "It is this very process: `listen` was called twice." : "End that process, or listen on another port.",
    ...holder === void 0 || holder.pid === process.pid ? {} : { command: `kill ${holder.pid}` }
  };
});
var MAX_PROCESSES = 2e3;
async function holderOfPort(port) {
  if (process.platform !== "linux" || !Number.isInteger(port)) return void 0;
  const inodes = /* @__PURE__ */ new Set();
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    const lines = (await readFile7(table, "utf8").catch(() => "")).split("\n");
    for (const line of lines.slice(1)) {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      if (state === "0A" && Number.parseInt(local.split(":")[1] ?? "", 16) === port)
        inodes.add(`socket:[${inode}]`);
    }
  }
  if (inodes.size === 0) return void 0;
  const all = (await readdir2("/proc")).filter((name) => /^\d+$/.test(name)).reverse();
  for (const pid of [String(process.pid), ...all.slice(0, MAX_PROCESSES)]) {
    const handles = await readdir2(`/proc/${pid}/fd`).catch(() => []);
    const targets = await Promise.all(
      handles.map((handle) => readlink(`/proc/${pid}/fd/${handle}`).catch(() => ""))
    );
    if (!targets.some((target) => inodes.has(target))) continue;
    const name = (await readFile7(`/proc/${pid}/comm`, "utf8").catch(() => "a process")).trim();
    return { pid: Number(pid), name: `\`${name.replaceAll("`", "")}\`` };
  }
  return void 0;
}
var refused = whenCode("connection-refused", ["ECONNREFUSED"], (facts) => {
  const port = portOf(facts);
  const address = propertyText(facts, "address") || (/(\S+):\d+$/.exec(facts.error.message)?.[1] ?? "the host");
  const service = SERVICES[port];
  const local = /^(?:127\.|::1|localhost)/.test(address);
  const container = local ? " Inside a container, localhost is the container itself." : "";
  return {
    title: `Nothing listens on port ${port} of ${address}.`,
    text: `${service === void 0 ? "Start the service" : `That is where ${service} usually listens: start it`}, or check host and port.${container}`
  };
});
var noEntry = whenCode("no-entry", ["ENOENT"], async (facts) => {
  const syscall = propertyText(facts, "syscall");
  const path = propertyText(facts, "path") || (/'([^']{1,1000})'/.exec(facts.error.message)?.[1] ?? "");
  if (syscall.startsWith("spawn")) {
    return {
      title: `There is no program \`${path.replaceAll("`", "")}\`.`,
      text: "Install it, or check PATH. A missing `cwd` is reported this way too."
    };
  }
  if (path === "") return void 0;
  const { cwd } = facts.report.runtime;
  const full = isAbsolute5(path) ? path : `${cwd}/${path}`;
  const title = `There is no \`${shortPath(full, cwd)}\`.`;
  const taken = isAbsolute5(path) ? "" : ` Relative paths are taken from the working directory, \`${cwd}\`.`;
  if (!isInside(full, facts.roots ?? await projectRoots()))
    return { title, text: `Check the path.${taken}` };
  const files = await readdir2(dirname5(full)).catch(() => void 0);
  if (files === void 0)
    return {
      title,
      text: `Its folder does not exist either: make it with \`mkdir(\u2026, { recursive: true })\`.${taken}`
    };
  const near = nearest(basename2(full), files);
  return near === void 0 ? { title, text: `Check the path.${taken}` } : { title: `${title} Did you mean \`${near}\`?`, text: `\`${near}\` is in the same folder.${taken}` };
});
var denied = whenCode("permission-denied", ["EACCES", "EPERM"], (facts) => {
  const port = Number(portOf(facts));
  if (propertyText(facts, "syscall") === "listen") {
    return {
      title: `Port ${port} is reserved for the administrator.`,
      text: "Listen on a port above 1023, such as 8080, with a proxy in front."
    };
  }
  const path = propertyText(facts, "path").replaceAll("`", "");
  return {
    title: path === "" ? "The operating system refused permission." : `This process may not use \`${path}\`.`,
    text: "Check owner and mode of the file and of the folders above it (`ls -ld`), and which user the process runs as."
  };
});
var notFoundHost = whenCode("host-not-found", ["ENOTFOUND", "EAI_AGAIN"], (facts) => {
  const host = propertyText(facts, "hostname") || (/(?:ENOTFOUND|EAI_AGAIN) (\S{1,255})/.exec(facts.error.message)?.[1] ?? "the host");
  const looksLikeUrl = /[:/]/.test(host);
  return {
    title: `No address is known for \`${host.replaceAll("`", "")}\`.`,
    text: looksLikeUrl ? "A URL was given where only a host name may stand." : "Check its spelling and the network. Names of containers are known only inside their own network."
  };
});
var fixed2 = (name, codes, title, text) => whenCode(name, codes, () => ({ title, text }));
var SYSTEM_HINTS = [
  addressInUse,
  refused,
  noEntry,
  denied,
  notFoundHost,
  fixed2(
    "connection-reset",
    ["ECONNRESET", "EPIPE"],
    "The other side closed the connection in the middle.",
    "A server does so when it crashes, times out, or when an idle connection is used again: retry once when the request can be repeated safely."
  ),
  fixed2(
    "timed-out",
    ["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT", "ESOCKETTIMEDOUT"],
    "The other side did not answer in time.",
    "A firewall that drops packets looks like this; a wrong host does too."
  ),
  fixed2(
    "is-folder",
    ["EISDIR"],
    "A folder was used as a file.",
    "Check that the path ends in a file name; an empty variable in it leaves the folder."
  ),
  fixed2(
    "not-folder",
    ["ENOTDIR"],
    "A file stands where a folder was expected.",
    "One of the middle parts of the path is a file."
  ),
  fixed2(
    "exists",
    ["EEXIST"],
    "It exists already.",
    "Use `{ recursive: true }` for folders, or the flag `w` in place of `wx`."
  ),
  fixed2(
    "too-many-files",
    ["EMFILE", "ENFILE"],
    "Too many files are open at once.",
    "Close what was opened, and work through long lists in batches. `ulimit -n` shows the limit."
  ),
  fixed2(
    "disk-full",
    ["ENOSPC"],
    "The disk is full, or the limit of file watchers is reached.",
    "`df -h` tells about the disk; for watchers raise `fs.inotify.max_user_watches`."
  ),
  fixed2(
    "certificate",
    [
      "SELF_SIGNED_CERT_IN_CHAIN",
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
    ],
    "The certificate of the other side is signed by nobody this process trusts.",
    "Give the authority to Node.js with `NODE_EXTRA_CA_CERTS=ca.pem`. Do not switch the check off."
  ),
  fixed2(
    "certificate-expired",
    ["CERT_HAS_EXPIRED"],
    "The certificate of the other side has expired.",
    "Renew it, and check the clock of this machine."
  ),
  fixed2(
    "certificate-name",
    ["ERR_TLS_CERT_ALTNAME_INVALID"],
    "The certificate of the other side is for another name.",
    "Connect by a name that the certificate holds."
  )
];

// ../page/src/report/hints/providers.ts
var PROVIDERS = [
  ...DATA_HINTS,
  ...REQUEST_HINTS,
  ...NAME_HINTS,
  ...MODULE_HINTS,
  ...SYSTEM_HINTS,
  ...DATABASE_HINTS
];

// ../page/src/report/hints/find-hints.ts
var MAX_HINTS = 3;
var MAX_ASKED = 6;
var TIME = 250;
async function findHints(report, { roots, hints = [] }) {
  const found = /* @__PURE__ */ new Map();
  const first = Math.max(0, report.errors.length - MAX_ASKED);
  for (let index = report.errors.length - 1; index >= first; index--) {
    const facts = factsOf(report, report.errors[index], roots);
    for (const provider of [...hints, ...PROVIDERS]) {
      if (found.size >= MAX_HINTS) return [...found.values()];
      const answer = ask(provider, facts);
      const advice = answer instanceof Promise ? await answer : answer;
      if (advice === void 0 || found.has(advice.title)) continue;
      found.set(advice.title, { name: provider.name, error: index, ...advice });
    }
  }
  return [...found.values()];
}
function factsOf(report, error, roots) {
  const frame = error.frames[mainFrameIndex(error.frames)];
  const { source } = frame ?? {};
  const line = source?.lines[source.line - source.startLine] ?? "";
  const values = new Map((frame?.values ?? []).map(({ key, value }) => [key, value.text]));
  return { report, error, frame, line, values, roots };
}
function ask(provider, facts) {
  try {
    const answer = provider.match(facts);
    return answer instanceof Promise ? inTime(answer).catch(() => void 0) : answer;
  } catch {
    return void 0;
  }
}
async function inTime(answer) {
  let timer;
  const late = new Promise((resolve2) => {
    timer = setTimeout(resolve2, TIME, void 0);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

// ../page/src/report/reported-error.ts
import { types as types5 } from "node:util";

// ../page/src/inspect/describe.ts
import { types as types4 } from "node:util";

// ../page/src/inspect/children.ts
import { types as types3 } from "node:util";

// ../page/src/inspect/head.ts
import { inspect, types as types2 } from "node:util";

// ../page/src/core/escape.ts
var HTML = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => HTML[character] ?? character);
}
function jsonForScript(value) {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
  );
}
function escapeControls(text) {
  return text.replace(/[\0-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0);
    if (code === 10) return "\\n";
    if (code === 13) return "\\r";
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

// ../page/src/inspect/natives.ts
var getter = (prototype, key) => {
  const get = Object.getOwnPropertyDescriptor(prototype, key)?.get;
  return (target) => get === void 0 ? void 0 : Reflect.apply(get, target, []);
};
var method = (prototype, key) => {
  const call = Object.getOwnPropertyDescriptor(prototype, key)?.value;
  return (target) => typeof call === "function" ? Reflect.apply(call, target, []) : void 0;
};
var typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype);
var mapNext = method(Object.getPrototypeOf((/* @__PURE__ */ new Map()).entries()), "next");
var setNext = method(Object.getPrototypeOf((/* @__PURE__ */ new Set()).values()), "next");
var mapEntriesOf = method(Map.prototype, "entries");
var setValuesOf = method(Set.prototype, "values");
var mapSize = getter(Map.prototype, "size");
var setSize = getter(Set.prototype, "size");
var typedArrayLength = getter(typedArrayPrototype, "length");
var typedArrayTag = getter(typedArrayPrototype, Symbol.toStringTag);
var arrayBufferLength = getter(ArrayBuffer.prototype, "byteLength");
var sharedBufferLength = getter(SharedArrayBuffer.prototype, "byteLength");
var dateTime = method(Date.prototype, "getTime");
var dateText = method(Date.prototype, "toISOString");
var regexpSource = getter(RegExp.prototype, "source");
var functionSource = method(Function.prototype, "toString");
var symbolText = method(Symbol.prototype, "toString");
var FLAGS = [
  ["d", getter(RegExp.prototype, "hasIndices")],
  ["g", getter(RegExp.prototype, "global")],
  ["i", getter(RegExp.prototype, "ignoreCase")],
  ["m", getter(RegExp.prototype, "multiline")],
  ["s", getter(RegExp.prototype, "dotAll")],
  ["u", getter(RegExp.prototype, "unicode")],
  ["v", getter(RegExp.prototype, "unicodeSets")],
  ["y", getter(RegExp.prototype, "sticky")]
];
function regexpText(target) {
  return `/${regexpSource(target)}/${FLAGS.map(([flag, isSet]) => isSet(target) ? flag : "").join("")}`;
}
function mapEntries(target, limit) {
  return take(mapEntriesOf(target), mapNext, limit);
}
function setValues(target, limit) {
  return take(setValuesOf(target), setNext, limit);
}
function take(iterator, next, limit) {
  const taken = [];
  while (taken.length < limit) {
    const step = next(iterator);
    if (step.done) break;
    taken.push(step.value);
  }
  return taken;
}
var primitives = [Number, String, Boolean, BigInt, Symbol].map(
  (maker) => method(maker.prototype, "valueOf")
);
function unbox(target) {
  for (const unwrap of primitives) {
    try {
      return unwrap(target);
    } catch {
    }
  }
  return void 0;
}

// ../page/src/inspect/redact.ts
var MASK = "[masked]";
var WORDS2 = new Set(
  "password passwd passphrase pwd pass pw secret secrets token tokens cookie cookies session sid sessid sessionid auth authorization authentication csrf xsrf signature sig dsn credential credentials creds ssn cvv cvc otp pin jwt bearer apikey privatekey secretkey accesskey authtoken accesstoken refreshtoken clientsecret connectionstring".split(" ")
);
var HARMLESS_KEYS = new Set(
  "primary foreign public cache partition sort object row map react idempotency group routing index hash the on is by storage shift ctrl alt meta arrow".split(
    " "
  )
);
var MAX_NAME = 200;
function isSecretName(name) {
  if (name.length > MAX_NAME) return false;
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/([A-Z])([A-Z][a-z])/g, "$1 $2").toLowerCase().split(/[^a-z0-9]+/).filter((word2) => word2 !== "");
  if (WORDS2.has(words.join(""))) return true;
  return words.some((word2, index) => {
    if (WORDS2.has(word2)) return true;
    const previous = words[index - 1];
    const endsInKey = index === words.length - 1 && previous !== void 0 && /^keys?$/.test(word2);
    return endsInKey && !HARMLESS_KEYS.has(previous);
  });
}
function isSecretHolder(name) {
  return /(?:^|[^a-z])(?:sessions?|auth|authentication)$/i.test(name) || /[a-z](?:Sessions?|Auth)$/.test(name);
}
var MAX_TEXT = 2e6;
function maskText(text) {
  if (text.length < 6) return text;
  const searched = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}\u2026` : text;
  return maskNamed(maskTokens(searched));
}
function maskTokens(text) {
  return maskPrivateKeys(text).replace(/(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?/g, MASK).replace(/[A-Za-z0-9_-]{16,}/g, (run) => TOKEN2.test(run) ? MASK : run).replace(CARD, (run) => isCardNumber(run) ? MASK : run).replace(/(:\/\/[^\s/?#@:]{0,256}):[^\s/?#]{1,256}@/g, `$1:${MASK}@`).replace(
    /\b(Bearer|Basic|Digest|Negotiate|ApiKey)(\s{1,4})([A-Za-z0-9+/=._~-]{6,})/gi,
    (whole, scheme, gap, value) => looksRandom(value) ? `${scheme}${gap}${MASK}` : whole
  );
}
var TOKEN2 = /^(?:[srp]k_(?:live|test|prod)_|sk_|sk-|gh[pousr]_|github_pat_|glpat-|npm_|pypi-|dckr_pat_|shp(?:at|ss)_|SG\.|xox[abeoprs]-|xapp-|(?:AKIA|ASIA|AGPA|AROA|AIDA)[0-9A-Z]{12,}|AIza[0-9A-Za-z_-]{30,})/;
var CARD = /(?<![\d.])[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,4}(?![\d.])/g;
function isCardNumber(run) {
  const digits = run.replace(/\D/g, "");
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const weighted = index % 2 === 0 ? digit : digit * 2;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}
var looksRandom = (value) => value.length >= 20 || /[0-9=+/_~.]|[a-z][A-Z]/.test(value);
var BEGIN = "-----BEGIN ";
function maskPrivateKeys(text) {
  let start = text.indexOf(BEGIN);
  if (start < 0) return text;
  let result = "";
  let from = 0;
  while (start >= 0) {
    const label = text.slice(start + BEGIN.length, start + BEGIN.length + 60).split("-----", 1)[0] ?? "";
    if (!label.includes("PRIVATE KEY")) {
      start = text.indexOf(BEGIN, start + BEGIN.length);
      continue;
    }
    const ending = `-----END ${label}-----`;
    const end = text.indexOf(ending, start);
    result += text.slice(from, start) + MASK;
    from = end < 0 ? text.length : end + ending.length;
    start = end < 0 ? -1 : text.indexOf(BEGIN, from);
  }
  return result + text.slice(from);
}
var PAIR = /(^|[?&;,\s"'([{])([A-Za-z0-9_.\-[\]%]{1,64})=([^\s&;,#"'<>)\]}]{1,4096})/g;
var MEMBER = /(["'])([A-Za-z0-9_.-]{1,64})\1(\s{0,4}:\s{0,4})(["'])([^"'\n]{1,4096})\4/g;
var HEADER_LINE = /^([ \t]{0,8})(authorization|proxy-authorization|cookie|set-cookie|x-api-key|x-auth-token|x-csrf-token):[ \t]{0,8}\S[^\n]*/gim;
function maskNamed(text) {
  return text.replace(
    PAIR,
    (whole, before, name) => isSecretName(name) || /^key$/i.test(name) ? `${before}${name}=${MASK}` : whole
  ).replace(
    MEMBER,
    (whole, quote3, name, colon, mark) => isSecretName(name) ? `${quote3}${name}${quote3}${colon}${mark}${MASK}${mark}` : whole
  ).replace(HEADER_LINE, (_whole, indent, name) => `${indent}${name}: ${MASK}`);
}

// ../page/src/inspect/head.ts
var BUFFER_BYTES = 24;
function describePrimitive(value, limits, secret) {
  if (value === void 0) return { type: "undefined", text: "undefined" };
  if (value === null) return { type: "null", text: "null" };
  if (typeof value === "boolean") return { type: "boolean", text: String(value) };
  if (typeof value === "symbol") return { type: "symbol", text: capped(symbolText(value), limits) };
  if (typeof value === "string") {
    return { type: "string", text: secret && value !== "" ? MASK : quote(value, limits) };
  }
  if (typeof value === "bigint") {
    return { type: "bigint", text: secret ? MASK : bigintText(value) };
  }
  if (secret) return { type: "number", text: MASK };
  return { type: "number", text: Object.is(value, -0) ? "-0" : String(value) };
}
var HUGE = 10n ** 300n;
var bigintText = (value) => value > HUGE || value < -HUGE ? `${value < 0n ? "-" : ""}[huge BigInt]` : `${value}n`;
function quote(text, limits) {
  const cut = text.length > limits.stringLength;
  const part = cut ? text.slice(0, limits.stringLength) : text;
  const shown = limits.mask ? maskText(part) : part;
  const mark = !shown.includes("'") || shown.includes('"') ? "'" : '"';
  const escaped = escapeString(shown, mark);
  return cut ? `${mark}${escaped}\u2026${mark} (${text.length} characters)` : `${mark}${escaped}${mark}`;
}
var SHORT_ESCAPES = {
  "\n": "\\n",
  "\r": "\\r",
  "	": "\\t",
  "\\": "\\\\"
};
function escapeString(text, mark) {
  return text.replace(
    /[\0-\x1f\x7f-\x9f\\'"\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]/gu,
    (character) => {
      if (character === "'" || character === '"') return character === mark ? `\\${character}` : character;
      const short = SHORT_ESCAPES[character];
      if (short !== void 0) return short;
      const code = character.charCodeAt(0);
      return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
    }
  );
}
var capped = (text, limits) => {
  const line = oneLine(text.slice(0, limits.stringLength));
  return text.length > limits.stringLength ? `${line}\u2026` : line;
};
var oneLine = (text) => escapeControls(text.replaceAll("	", "\\t")).replace(/[\ud800-\udfff]/gu, "\uFFFD");
function headOf(value, limits) {
  const className = cleanName(classNameOf(value));
  const base = { className, content: false, closed: void 0, brackets: "{}" };
  if (typeof value === "function") return functionHead(value, limits);
  if (Array.isArray(value) || types2.isArgumentsObject(value)) return arrayHead(value, className);
  if (types2.isUint8Array(value) && className === "Buffer") return bufferHead(value);
  if (types2.isTypedArray(value)) {
    const name = className ?? typedArrayTag(value);
    const label2 = `${name}(${typedArrayLength(value)})`;
    return { ...base, type: "typed-array", label: label2, brackets: "[]", className: name };
  }
  if (types2.isMap(value)) return { ...base, type: "map", label: `${className ?? "Map"}(${mapSize(value)})` };
  if (types2.isSet(value)) {
    return { ...base, type: "set", label: `${className ?? "Set"}(${setSize(value)})`, brackets: "[]" };
  }
  const special = closedHead(value, className, limits);
  if (special !== void 0) return special;
  if (types2.isModuleNamespaceObject(value)) return { ...base, type: "module", label: "[Module]" };
  const bare = safePrototype(value) === null;
  const label = className === "Object" ? "" : className ?? (bare ? "[Object: null prototype]" : "");
  return { ...base, type: "object", label, className: className === "Object" ? void 0 : className };
}
function closedHead(value, className, limits) {
  const closed = (type, text, content = false) => ({
    type,
    className,
    label: "",
    brackets: "{}",
    closed: text,
    content
  });
  if (isErrorLike(value)) return closed("error", errorText(value, className, limits));
  if (types2.isDate(value)) {
    return closed("date", Number.isNaN(dateTime(value)) ? "Invalid Date" : dateText(value), true);
  }
  if (types2.isRegExp(value)) return closed("regexp", capped(regexpText(value), limits), true);
  if (types2.isPromise(value)) return closed("promise", promiseText(value, className));
  if (types2.isWeakMap(value)) return closed("weak", "WeakMap { ? }");
  if (types2.isWeakSet(value)) return closed("weak", "WeakSet { ? }");
  if (className === "WeakRef") return closed("weak", "WeakRef { ? }");
  if (types2.isAnyArrayBuffer(value)) {
    const length = types2.isArrayBuffer(value) ? arrayBufferLength(value) : sharedBufferLength(value);
    return closed("typed-array", `${className ?? "ArrayBuffer"} { ${length} bytes }`);
  }
  if (types2.isBoxedPrimitive(value)) {
    const inner = describePrimitive(unbox(value), limits, false);
    return closed("object", `[${className ?? "Object"}: ${inner.text}]`, true);
  }
  if (types2.isGeneratorObject(value)) return closed("object", "[Generator]");
  if (types2.isExternal(value)) return closed("object", "[External]");
  return void 0;
}
function arrayHead(value, className) {
  const own = className === "Array" ? void 0 : className;
  const length = readOwn(value, "length");
  const size = length.found === "value" ? Number(length.value) : 0;
  const isArguments = types2.isArgumentsObject(value);
  const name = isArguments ? "Arguments" : own;
  const label = name === void 0 ? size > 6 ? `(${size})` : "" : `${name}(${size})`;
  return { type: "array", className: name, label, brackets: "[]", closed: void 0, content: false };
}
function bufferHead(value) {
  const length = typedArrayLength(value);
  let hex = "";
  for (let index = 0; index < Math.min(length, BUFFER_BYTES); index++) {
    hex += ` ${(value[index] ?? 0).toString(16).padStart(2, "0")}`;
  }
  const more = length > BUFFER_BYTES ? ` \u2026 ${length - BUFFER_BYTES} more bytes` : "";
  const closed = `<Buffer${hex}${more}>`;
  return { type: "buffer", className: "Buffer", label: "Buffer", brackets: "[]", closed, content: true };
}
function functionHead(value, limits) {
  const own = readOwn(value, "name");
  const name = own.found === "value" && typeof own.value === "string" ? capped(own.value, limits) : "";
  const source = functionSource(value);
  const isClass = source.startsWith("class") && !/^class\s*(?:=|\()/.test(source.slice(0, 40));
  const kind = isClass ? "class" : FUNCTION_KINDS[classNameOf(value) ?? ""] ?? "Function";
  const closed = name === "" ? `[${kind} (anonymous)]` : `[${kind}: ${name}]`;
  const type = isClass ? "class" : "function";
  return { type, className: void 0, label: "", brackets: "{}", closed, content: false };
}
var FUNCTION_KINDS = {
  AsyncFunction: "AsyncFunction",
  GeneratorFunction: "GeneratorFunction",
  AsyncGeneratorFunction: "AsyncGeneratorFunction"
};
function errorText(value, className, limits) {
  const given = readErrorField(value, "name");
  const name = typeof given === "string" && given !== "Error" ? given : className ?? "Error";
  const message = readErrorField(value, "message");
  const text = typeof message === "string" && message !== "" ? `: ${message}` : "";
  const line = `${name}${text}`.slice(0, limits.stringLength + 1);
  return `[${capped(limits.mask ? maskText(line) : line, limits)}]`;
}
function promiseText(value, className) {
  const name = className ?? "Promise";
  const isPlain2 = safePrototype(value) === Promise.prototype && Reflect.ownKeys(value).length === 0;
  if (!isPlain2) return `${name} { ? }`;
  const shown = inspect(value, { depth: 0, customInspect: false, showProxy: true, maxStringLength: 40 });
  if (shown.includes("<pending>")) return "Promise { <pending> }";
  return shown.includes("<rejected>") ? "Promise { <rejected> }" : "Promise { <fulfilled> }";
}
function safePrototype(value) {
  try {
    return Object.getPrototypeOf(value);
  } catch {
    return void 0;
  }
}
function cleanName(name) {
  if (name === void 0) return void 0;
  const short = name.length > 80 ? `${name.slice(0, 79)}\u2026` : name;
  return oneLine(short);
}
function keyText(key) {
  if (/^[A-Za-z_$][\w$]{0,120}$/.test(key)) return key;
  return `'${escapeString(key.length > 120 ? `${key.slice(0, 119)}\u2026` : key, "'")}'`;
}

// ../page/src/inspect/children.ts
var MAX_LISTED = 1e4;
var HIDDEN_OF_ERRORS = /* @__PURE__ */ new Set(["stack", "message", "name"]);
var HIDDEN_OF_FUNCTIONS = /* @__PURE__ */ new Set(["length", "name", "prototype", "arguments", "caller"]);
function childrenOf(value, type, width) {
  if (type === "array") return arrayChildren(value, width);
  if (type === "buffer") return { entries: [], total: 0 };
  if (types3.isTypedArray(value)) return typedArrayChildren(value, width);
  if (type === "map") return join5(mapChildren(value, width), properties(value, width, void 0), width);
  if (type === "set") return join5(setChildren(value, width), properties(value, width, void 0), width);
  if (type === "error") return errorChildren(value, width);
  if (type === "module") return moduleChildren(value, width);
  const hidden = typeof value === "function" ? HIDDEN_OF_FUNCTIONS : void 0;
  return properties(value, width, hidden);
}
function join5(first, second, width) {
  return {
    entries: [...first.entries, ...second.entries].slice(0, width),
    total: first.total + second.total
  };
}
function properties(value, width, hidden) {
  const keys = Reflect.ownKeys(value).filter((key) => typeof key === "symbol" || !hidden?.has(key));
  const entries = keys.slice(0, width).map((key) => property(value, key));
  return { entries, total: keys.length };
}
function moduleChildren(value, width) {
  const names = Reflect.ownKeys(value).filter((key) => typeof key === "string");
  return { entries: names.slice(0, width).map((name) => property(value, name)), total: names.length };
}
function property(value, key) {
  const isSymbol = typeof key === "symbol";
  const shown = isSymbol ? symbolText(key).slice(0, 120) : keyText(key);
  const name = isSymbol ? key.description ?? "" : key;
  const kind = isSymbol ? "symbol" : "property";
  return { key: shown, kind, name, ...readChild(value, key) };
}
function readChild(value, key) {
  const reading = readOwn(value, key);
  if (reading.found === "value") return { value: reading.value, described: void 0 };
  if (reading.found === "nothing")
    return { value: void 0, described: { type: "cut", text: "<uninitialized>" } };
  const text = reading.get ? reading.set ? "[Getter/Setter]" : "[Getter]" : "[Setter]";
  return { value: void 0, described: { type: "getter", text } };
}
function arrayChildren(value, width) {
  const own = readOwn(value, "length");
  const length = own.found === "value" && typeof own.value === "number" ? own.value : 0;
  const entries = [];
  for (let index = 0; index < Math.min(length, width); index++) {
    const key = String(index);
    const child = readChild(value, key);
    const described = child.described?.text === "<uninitialized>" ? { type: "cut", text: "<empty>" } : child.described;
    entries.push({ key, kind: "index", name: void 0, value: child.value, described });
  }
  const list = { entries, total: length };
  if (length > MAX_LISTED) return list;
  const extra = Reflect.ownKeys(value).filter(
    (key) => typeof key === "symbol" || key !== "length" && !/^\d+$/.test(key)
  );
  if (extra.length === 0 || types3.isArgumentsObject(value)) return list;
  const named = extra.slice(0, width).map((key) => property(value, key));
  return join5(list, { entries: named, total: extra.length }, width);
}
function typedArrayChildren(value, width) {
  const length = typedArrayLength(value);
  const entries = [];
  for (let index = 0; index < Math.min(length, width); index++) {
    entries.push(plain2(String(index), "index", value[index]));
  }
  return { entries, total: length };
}
var plain2 = (key, kind, value, name) => ({
  key,
  kind,
  name,
  value,
  described: void 0
});
var KEY_LIMITS = { stringLength: 80, mask: true };
function mapChildren(value, width) {
  const entries = mapEntries(value, width).map(([key, item], index) => {
    if (typeof key === "string") return plain2(quote(key, KEY_LIMITS), "map", item, key);
    const isPrimitive = key === null || typeof key !== "object" && typeof key !== "function";
    if (!isPrimitive) return plain2(`<key ${index}>`, "map", item);
    return plain2(typeof key === "symbol" ? symbolText(key) : `${String(key)}`, "map", item);
  });
  return { entries, total: mapSize(value) };
}
function setChildren(value, width) {
  const entries = setValues(value, width).map((item, index) => plain2(String(index), "set", item));
  return { entries, total: setSize(value) };
}
var errorChildren = (value, width) => properties(value, width, HIDDEN_OF_ERRORS);

// ../page/src/inspect/describe.ts
var DEFAULTS = {
  depth: 3,
  width: 50,
  stringLength: 1e3,
  nodes: 1e3,
  time: 50,
  mask: true
};
var UNREADABLE = { type: "cut", text: "[Unreadable]" };
var CUT = { type: "cut", text: "\u2026" };
function describe(value, limits = {}) {
  try {
    const all = { ...DEFAULTS, ...limits };
    const walk = {
      limits: all,
      deadline: performance.now() + all.time,
      path: /* @__PURE__ */ new Set(),
      nodes: 0,
      stopped: false
    };
    return describeAt(value, walk, all.depth, false);
  } catch {
    return UNREADABLE;
  }
}
function describeAt(value, walk, depth, secret) {
  if (++walk.nodes > walk.limits.nodes) walk.stopped = true;
  if ((walk.nodes & 15) === 0 && performance.now() > walk.deadline) walk.stopped = true;
  if (walk.stopped) return CUT;
  try {
    if (value === null || typeof value !== "object" && typeof value !== "function") {
      return describePrimitive(value, walk.limits, secret);
    }
    if (types4.isProxy(value)) return { type: "proxy", text: "[Proxy]" };
    if (walk.path.has(value)) return { type: "cut", text: "[Circular]" };
    return describeObject(value, walk, depth, secret);
  } catch {
    return UNREADABLE;
  }
}
function describeObject(value, walk, depth, secret) {
  const head = headOf(value, walk.limits);
  if (secret && head.content) return { type: head.type, text: MASK };
  const className = head.className === void 0 ? {} : { className: head.className };
  const children = childrenOf(value, head.type, depth > 0 ? walk.limits.width : 1);
  const base = { type: head.type, ...className };
  if (children.entries.length === 0) return { ...base, text: head.closed ?? emptyText(head) };
  if (depth <= 0) return { ...base, text: head.closed ?? deeperText(head), deeper: true };
  walk.path.add(value);
  const entries = children.entries.map((child) => {
    const hidden = walk.limits.mask && (secret || hides(child));
    const description = child.described ?? describeAt(child.value, walk, depth - 1, hidden);
    return { key: child.key, kind: child.kind, value: description };
  });
  walk.path.delete(value);
  const more = children.total - children.entries.length;
  const text = head.closed ?? previewOf(head, entries, more);
  return more > 0 ? { ...base, text, entries, more } : { ...base, text, entries };
}
function hides({ name, value }) {
  if (name === void 0 || !isSecretName(name)) return false;
  return !(isObject(value) && isSecretHolder(name));
}
var isObject = (value) => typeof value === "object" && value !== null;
var PREVIEW_LENGTH = 90;
var PREVIEW_PART = 36;
var emptyText = ({ label, brackets }) => label === "" ? brackets : `${label} ${brackets}`;
var deeperText = ({ label, brackets }) => `${label === "" ? "" : `${label} `}${brackets[0]}\u2026${brackets[1]}`;
function previewOf(head, entries, more) {
  const parts = [];
  let length = 0;
  let left = more;
  for (const [index, entry] of entries.entries()) {
    const value = entry.value.text;
    const short = value.length > PREVIEW_PART ? shorten(entry.value) : value;
    const part = partOf(entry, short);
    if (length + part.length > PREVIEW_LENGTH && index > 0) {
      left += entries.length - index;
      break;
    }
    parts.push(part);
    length += part.length + 2;
  }
  if (left > 0) parts.push(head.brackets === "[]" ? `\u2026 ${left} more` : "\u2026");
  const inside = parts.join(", ");
  const label = head.label === "" ? "" : `${head.label} `;
  return head.brackets === "[]" ? `${label}[${inside}]` : `${label}{ ${inside} }`;
}
function partOf(entry, text) {
  if (entry.kind === "index" || entry.kind === "set") return text;
  if (entry.kind === "map") return `${entry.key} => ${text}`;
  return entry.kind === "symbol" ? `[${entry.key}]: ${text}` : `${entry.key}: ${text}`;
}
function shorten(description) {
  const { type, text, className } = description;
  if (type === "array" || type === "typed-array") return `${className ?? ""}[\u2026]`;
  if (description.entries !== void 0 && type !== "error") return `${className ? `${className} ` : ""}{\u2026}`;
  return type === "string" ? `${text.slice(0, PREVIEW_PART - 2)}\u2026'` : `${text.slice(0, PREVIEW_PART - 1)}\u2026`;
}

// ../page/src/stack/classify.ts
import { sep as sep2 } from "node:path";
var RUNTIME = { kind: "runtime", package: void 0 };
var APP = { kind: "app", package: void 0 };
var OURS = { kind: "rocksolid", package: void 0 };
var owners = shared("stack.owners", () => new BoundedMap({ maxEntries: 1e3 }));
function classify(file) {
  if (file === void 0 || file.startsWith("node:")) return RUNTIME;
  let owner = owners.get(file);
  if (owner === void 0) {
    owner = findOwner(file);
    owners.set(file, owner);
  }
  return owner;
}
async function findOwner(file) {
  const facts = await packageOf(file);
  if (facts?.name === "rocksolid" && isBuilt(file, facts.root)) return OURS;
  const dependency = await dependencyOf(file);
  return dependency === void 0 ? APP : { kind: "dependency", package: dependency };
}
var isBuilt = (file, root) => file.startsWith(`${root}${sep2}dist${sep2}`) || file.startsWith(`${root}${sep2}src${sep2}`);

// ../page/src/stack/frame-line.ts
import { fileURLToPath as fileURLToPath3 } from "node:url";
function readFrameLine(text) {
  const isAsync = text.startsWith("async ");
  let rest = isAsync ? text.slice(6) : text;
  const isConstructor = rest.startsWith("new ");
  if (isConstructor) rest = rest.slice(4);
  const open = rest.endsWith(")") ? rest.indexOf(" (") : -1;
  const place2 = open < 0 ? rest : rest.slice(open + 2, -1);
  const name = open < 0 ? void 0 : rest.slice(0, open);
  if (open < 0 && !isPlace(place2)) {
    return { ...NOWHERE, functionName: functionName(rest), isAsync, isConstructor };
  }
  return { ...readPlace(place2), functionName: functionName(name), isAsync, isConstructor };
}
var NOWHERE = { file: void 0, line: void 0, column: void 0, evalHost: void 0 };
var isPlace = (text) => /:\d{1,9}$/.test(text) || text === "native" || text === "<anonymous>";
function readPlace(text) {
  if (text.startsWith("eval at ")) {
    const host = /\(((?:file:\/\/)?[^()]{1,900}:\d{1,9}:\d{1,9})\)/.exec(text)?.[1];
    const position = splitPosition(text);
    return { file: void 0, line: position.line, column: position.column, evalHost: host };
  }
  const { path, line, column } = splitPosition(text);
  const file = toFile(path);
  if (file === void 0 && line === void 0) return NOWHERE;
  return { file, line, column, evalHost: void 0 };
}
function splitPosition(text) {
  const last = numberAtEnd(text);
  if (last === void 0) return { path: text, line: void 0, column: void 0 };
  const before = numberAtEnd(last.rest);
  if (before === void 0) return { path: last.rest, line: last.number, column: void 0 };
  return { path: before.rest, line: before.number, column: last.number };
}
function numberAtEnd(text) {
  const colon = text.lastIndexOf(":");
  const digits = text.slice(colon + 1);
  if (colon < 1 || !/^\d{1,9}$/.test(digits)) return void 0;
  return { rest: text.slice(0, colon), number: Number(digits) };
}
function toFile(path) {
  if (path.startsWith("node:")) return path;
  if (path.startsWith("file:///")) {
    try {
      return fileURLToPath3(path);
    } catch {
      return void 0;
    }
  }
  if (path.startsWith("/") && !path.startsWith("//")) return path;
  return /^[A-Za-z]:[\\/]/.test(path) ? path : void 0;
}
function functionName(name) {
  if (name === void 0 || name === "" || name === "<anonymous>") return void 0;
  return name;
}

// ../page/src/stack/stack-lines.ts
var MAX_STACK = 64 * 1024;
var MAX_LINES = 400;
var MAX_LINE3 = 1e3;
var MAX_PREFIX = 300;
function stackLines(stack, { name, message }) {
  const after = headerEnd(stack, name, message ?? "");
  if (after !== void 0) {
    const lines2 = firstBlock(stack.slice(after, after + MAX_STACK));
    return { lines: lines2, location: syntaxLocation(stack, name, after) };
  }
  const lines = lastBlock(stack.length > MAX_STACK ? stack.slice(-MAX_STACK) : stack);
  const text = message ?? "";
  const lastOfMessage = lines.findLastIndex((line) => text.includes(`at ${line}`));
  return { lines: lines.slice(lastOfMessage + 1), location: void 0 };
}
function headerEnd(stack, name, message) {
  if (message === "") {
    const firstLine2 = lineAt(stack, 0);
    if (isFrameLine(firstLine2)) return 0;
    return firstLine2 === name || /^[\w$ .[\]]{0,200}$/.test(firstLine2) ? firstLine2.length : void 0;
  }
  const start = stack.indexOf(message);
  if (start < 0) return void 0;
  const prefix = stack.slice(0, start);
  const end = start + message.length;
  if (prefix.length <= MAX_PREFIX && !prefix.includes("\n") && endsLine(stack, end)) return end;
  const named = stack.indexOf(`
${name ?? "SyntaxError"}: ${message}`);
  const isMarked = named >= 0 && SYNTAX_LOCATION.test(lineAt(stack, 0)) && name === "SyntaxError";
  return isMarked ? named + 3 + name.length + message.length : void 0;
}
var endsLine = (stack, end) => end >= stack.length || stack[end] === "\n";
function lineAt(text, start) {
  const end = text.indexOf("\n", start);
  return text.slice(start, Math.min(end < 0 ? text.length : end, start + MAX_LINE3));
}
var SYNTAX_LOCATION = /^(?:\/|file:\/\/|[A-Za-z]:\\)[^\n]{1,900}:\d{1,9}$/;
function syntaxLocation(stack, name, headerEnd2) {
  if (name !== "SyntaxError" || headerEnd2 === 0) return void 0;
  const first = lineAt(stack, 0);
  return first.length < headerEnd2 && SYNTAX_LOCATION.test(first) ? first : void 0;
}
var isFrameLine = (line) => /^\s{2,16}at \S/.test(line);
function firstBlock(text) {
  const lines = [];
  for (const line of cappedLines(text)) {
    if (isFrameLine(line)) lines.push(clean(line));
    else if (lines.length > 0 && !isSeparator(line)) break;
  }
  return lines.slice(0, MAX_LINES);
}
function lastBlock(text) {
  let lines = [];
  let ended = false;
  for (const line of cappedLines(text)) {
    if (isFrameLine(line)) {
      if (ended) lines = [];
      ended = false;
      lines.push(clean(line));
    } else if (line.trim() !== "" && !isSeparator(line)) ended = true;
  }
  return lines.slice(0, MAX_LINES);
}
var isSeparator = (line) => /^\s{0,16}-{3,40}\s{0,4}$/.test(line);
function* cappedLines(text) {
  let start = 0;
  for (let count = 0; start < text.length && count < MAX_LINES * 2; count++) {
    const end = text.indexOf("\n", start);
    const stop = end < 0 ? text.length : end;
    yield text.slice(start, Math.min(stop, start + MAX_LINE3));
    start = stop + 1;
  }
}
var clean = (line) => line.trim().slice(3).replace(/[ \t]{2,}/g, " ").trim();

// ../page/src/stack/parse-error.ts
async function framesOf(error) {
  try {
    const stack = readStack(error);
    return stack === void 0 ? [] : await parse2(stack, error);
  } catch {
    return [];
  }
}
async function parse2(stack, error) {
  const name = readErrorField(error, "name");
  const message = readErrorField(error, "message");
  const { lines, location } = stackLines(stack, {
    name: typeof name === "string" ? name : void 0,
    message: typeof message === "string" ? message : void 0
  });
  const frames = await framesFor(lines);
  if (location === void 0) return frames;
  const place2 = readPlace(location);
  const top = { ...place2, functionName: void 0, isAsync: false, isConstructor: false };
  return [await toFrame(top, location), ...frames];
}
var known2 = shared(
  "stack.frames",
  () => new BoundedMap({ maxEntries: 1e3, maxAgeMs: 6e4 })
);
async function framesFor(lines) {
  const found = lines.map((line) => known2.get(line));
  const unknown = lines.filter((_line, index) => found[index] === void 0);
  if (unknown.length === 0) return found;
  const library = await readWithLibrary(unknown);
  const made = await Promise.all(
    unknown.map((line, index) => toFrame(trusted(line, library[index]) ?? readFrameLine(line), line))
  );
  for (const frame of made) known2.set(frame.raw, frame);
  return found.map((frame) => frame ?? made.shift());
}
async function readWithLibrary(lines) {
  try {
    const { parse: parseStack } = await import("stack-trace");
    return lines.map((line) => parseStack({ stack: `Error
    at ${withoutMarks(line)}` })[0]);
  } catch {
    return [];
  }
}
var withoutMarks = (line) => line.replace(/^async /, "").replace(/^new /, "");
function trusted(raw, library) {
  if (library?.fileName == null || library.lineNumber === null || library.columnNumber === null)
    return void 0;
  const { fileName, lineNumber, columnNumber, functionName: functionName2 } = library;
  const place2 = `${fileName}:${lineNumber}:${columnNumber}`;
  const line = withoutMarks(raw);
  if (line !== (functionName2 === null ? place2 : `${functionName2} (${place2})`)) return void 0;
  const file = toFile(fileName);
  if (file === void 0) return void 0;
  return {
    file,
    line: lineNumber,
    column: columnNumber,
    functionName: functionName2 === null || functionName2 === "<anonymous>" ? void 0 : functionName2,
    isAsync: raw.startsWith("async "),
    isConstructor: /^(?:async )?new /.test(raw),
    evalHost: void 0
  };
}
async function toFrame(line, raw) {
  const host = line.evalHost === void 0 ? void 0 : readPlace(line.evalHost);
  const owner = await classify(line.file ?? host?.file);
  const frame = {
    file: line.file,
    line: line.line,
    column: line.column,
    functionName: line.functionName,
    isAsync: line.isAsync,
    isConstructor: line.isConstructor,
    kind: owner.kind,
    package: owner.package,
    compiled: void 0,
    raw
  };
  return owner.kind === "app" ? mapped(frame) : frame;
}
async function mapped(frame) {
  const { file, line, column } = frame;
  if (runtimeMaps() || file === void 0 || line === void 0 || column === void 0) return frame;
  const original = await originalPlace(file, line, column);
  if (original === void 0) return frame;
  return { ...frame, ...original, compiled: { file, line, column } };
}
var runtimeMaps = () => process.sourceMapsEnabled === true;

// ../page/src/report/reported-error.ts
var MAX_FRAMES = 100;
var MAX_MESSAGE = 16384;
var MAX_STACK2 = 32768;
async function reportedError(link, budget) {
  const { value, relation, parent, member } = link;
  const isError = isErrorLike(value);
  const all = (await framesOf(value)).filter((frame) => frame.kind !== "rocksolid");
  const shown = all.slice(0, MAX_FRAMES);
  const code = isReadable(value) ? readErrorField(value, "code") : void 0;
  const isOwnNumber = typeof code === "number" && readOwn(value, "code").found === "value";
  const hasCode = typeof code === "string" && code !== "" || isOwnNumber;
  return {
    relation,
    parent,
    member,
    name: nameOf(value),
    message: cap(maskText(cap(messageOf(value), MAX_MESSAGE)), MAX_MESSAGE),
    code: hasCode ? cap(String(code), 100) : void 0,
    isError,
    properties: propertiesOf(value),
    frames: await Promise.all(shown.map((frame) => withSource(value, frame, budget))),
    moreFrames: all.length - shown.length,
    stack: all.length === 0 ? "" : cap(all.map((frame) => `at ${frame.raw}`).join("\n"), MAX_STACK2)
  };
}
var cap = (text, length) => text.length > length ? `${text.slice(0, length)}\u2026 (${text.length} characters)` : text;
function nameOf(value) {
  if (value === null) return "null";
  if (typeof value !== "object" && typeof value !== "function") return typeof value;
  if (!isReadable(value)) return "Proxy";
  const className = classNameOf(value);
  if (!isErrorLike(value)) return cap(readName(value) ?? className ?? "object", 100);
  const name = readErrorField(value, "name");
  const given = typeof name === "string" && name.trim() !== "" ? name : void 0;
  return cap((given === "Error" || given === void 0 ? className ?? given : given) ?? "Error", 100);
}
function readName(value) {
  if (readString(value, "message") === void 0 || typeof value === "function") return void 0;
  const name = readString(value, "name");
  return name === void 0 || name.trim() === "" ? void 0 : name;
}
function messageOf(value) {
  if (typeof value === "string") return value;
  if (!isReadable(value)) return describe(value).text;
  const message = readErrorField(value, "message");
  if (typeof message === "string") return message;
  if (message !== void 0) return describe(message).text;
  if (!isErrorLike(value)) return describe(value).text;
  return messageFromStack(value);
}
function messageFromStack(value) {
  const first = (readStack(value) ?? "").slice(0, MAX_MESSAGE).split("\n", 1)[0] ?? "";
  const colon = first.indexOf(": ");
  return /^\s*at /.test(first) || colon < 0 ? "" : first.slice(colon + 2);
}
var SHOWN_ELSEWHERE = /* @__PURE__ */ new Set(["stack", "message", "name", "code", "cause"]);
var LIMITS = { depth: 3, width: 40, nodes: 300, time: 25 };
function propertiesOf(value) {
  if (!isReadable(value)) return [];
  if (isBare(value)) return [];
  const isMember = isErrorLike(value);
  const entries = describe(value, LIMITS).entries ?? [];
  const name = readErrorField(value, "name");
  return entries.filter(({ key, kind }) => {
    if (key === "Symbol(Symbol.toStringTag)") return false;
    if (!isMember || kind !== "property") return true;
    if (SHOWN_ELSEWHERE.has(key)) return false;
    if (name === "SuppressedError" && (key === "error" || key === "suppressed")) return false;
    return !(key === "errors" && (name === "AggregateError" || readOwn(value, "errors").found === "nothing"));
  });
}
var isBare = (value) => types5.isNativeError(value) && Reflect.ownKeys(value).every((key) => typeof key === "string" && SHOWN_ELSEWHERE.has(key));
async function withSource(error, frame, budget) {
  if (frame.file === void 0 || frame.kind === "runtime" || budget.excerpts <= 0) {
    return { ...frame, source: void 0 };
  }
  budget.excerpts--;
  const context = frame.kind === "app" ? 5 : 3;
  const { roots, memo } = budget;
  const options = roots === void 0 ? { context, memo } : { context, memo, roots };
  const source = await readExcerpt(frame, options);
  const values = source && valuesAt(error, frame, source.lines[source.line - source.startLine] ?? "", budget);
  return values === void 0 || values.length === 0 ? { ...frame, source } : { ...frame, source, values };
}
function valuesAt(error, frame, line, { valuesOf }) {
  try {
    return valuesOf?.(error, frame, line);
  } catch {
    return void 0;
  }
}

// ../page/src/report/request-facts.ts
var MAX_HEADERS = 100;
var MAX_VALUE = 4096;
function requestFacts(req) {
  if (req === void 0 || req === null) return void 0;
  try {
    const original = req.originalUrl;
    const url = typeof original === "string" ? original : req.url;
    return {
      method: String(req.method ?? "").slice(0, 40),
      url: maskText(String(url ?? "").slice(0, MAX_VALUE)),
      httpVersion: String(req.httpVersion ?? ""),
      headers: headersOf(req),
      remoteAddress: addressOf(req)
    };
  } catch {
    return void 0;
  }
}
function headersOf(req) {
  const headers = [];
  const raw = rawHeaders(req);
  for (let index = 0; index + 1 < raw.length && headers.length < MAX_HEADERS; index += 2) {
    const name = String(raw[index]).slice(0, 200);
    if (name.startsWith(":")) continue;
    const value = String(raw[index + 1]).slice(0, MAX_VALUE);
    headers.push([name, isSecretName(name) ? MASK : maskText(value)]);
  }
  return headers;
}
function rawHeaders(req) {
  if (Array.isArray(req.rawHeaders)) return req.rawHeaders;
  const headers = req.headers;
  return typeof headers === "object" && headers !== null ? Object.entries(headers).flat() : [];
}
function addressOf(req) {
  const socket = req.socket;
  if (!isReadable(socket)) return void 0;
  const address = socket.remoteAddress ?? readValue(socket, "remoteAddress");
  return typeof address === "string" ? address : void 0;
}

// ../page/src/report/build-report.ts
var MAX_EXCERPTS2 = 200;
async function buildReport(error, context = {}) {
  const id = context.id ?? randomBytes(16).toString("base64url");
  const at = context.at ?? Date.now();
  const request = requestFacts(context.req);
  try {
    const { links, more } = errorChain(error);
    const { roots, valuesOf } = context;
    const budget = { excerpts: MAX_EXCERPTS2, roots, valuesOf, memo: /* @__PURE__ */ new Map() };
    const errors = [];
    for (const link of links) errors.push(await reportedError(link, budget));
    const report = {
      id,
      fingerprint: fingerprintOf(errors),
      at,
      errors,
      moreErrors: more,
      request,
      runtime: runtime(),
      ...context.sections === void 0 ? {} : { sections: context.sections }
    };
    const hints = await findHints(report, context);
    return hints.length === 0 ? report : { ...report, hints };
  } catch {
    return {
      id,
      fingerprint: "0",
      at,
      errors: [unreadable(error)],
      moreErrors: 0,
      request,
      runtime: runtime()
    };
  }
}
function unreadable(error) {
  return {
    relation: "reported",
    parent: void 0,
    member: void 0,
    name: safeName(error),
    message: "The thrown value could not be read.",
    code: void 0,
    isError: false,
    properties: [],
    frames: [],
    moreFrames: 0,
    stack: ""
  };
}
function safeName(error) {
  try {
    return nameOf(error);
  } catch {
    return "unknown";
  }
}
var FINGERPRINT_FRAMES = 3;
function fingerprintOf(errors) {
  const cwd = safeCwd();
  const hash = createHash("sha256");
  for (const error of errors.slice(0, 8)) {
    const own = error.frames.filter((frame) => frame.kind === "app");
    const frames = (own.length > 0 ? own : error.frames).slice(0, FINGERPRINT_FRAMES);
    const places = frames.map(({ file, line, functionName: functionName2 }) => {
      const path = file === void 0 || file.startsWith("node:") ? file : relative4(cwd, file);
      return `${path}:${line}:${functionName2}`;
    });
    const message = frames.length > 0 ? "" : error.message.slice(0, 500).replace(/\d{1,40}/g, "0");
    hash.update(`${error.relation}|${error.name}|${error.code}|${message}|${places.join("|")}
`);
  }
  return hash.digest("hex").slice(0, 16);
}
function runtime() {
  return {
    name: runtimeName(),
    platform: `${process.platform} ${process.arch}`,
    pid: process.pid,
    uptimeSeconds: Math.round(process.uptime()),
    cwd: safeCwd()
  };
}
function runtimeName() {
  const versions = process.versions;
  if (versions.bun !== void 0) return `Bun ${versions.bun}`;
  if (versions.deno !== void 0) return `Deno ${versions.deno}`;
  return `Node.js ${versions.node}`;
}
function safeCwd() {
  try {
    return process.cwd();
  } catch {
    return "/";
  }
}

// ../page/src/report/html/last-resort.ts
function lastResortPage(report) {
  let body = "";
  try {
    for (const error of report.errors.slice(0, 50)) {
      const message = escapeHtml(String(error.message).slice(0, 16384));
      const stack = escapeHtml(String(error.stack).slice(0, 32768));
      body += `<h2>${escapeHtml(String(error.name).slice(0, 200))}</h2>
<pre>${message}</pre>
<pre>${stack}</pre>
`;
    }
  } catch {
    body += "<p>The report of this error could not be read.</p>\n";
  }
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Error</title></head>
<body>
<main>
<h1>Error</h1>
<p>The error page itself failed; this is the plain report.</p>
${body}</main>
<div id="rs-status" role="status"></div>
</body>
</html>
`;
}

// ../page/src/core/ansi.ts
var CODES = {
  bold: [1, 22],
  dim: [2, 22],
  italic: [3, 23],
  underline: [4, 24],
  inverse: [7, 27],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
  white: [37, 39],
  gray: [90, 39],
  brightRed: [91, 39],
  bgRed: [41, 49]
};
function painter(on) {
  if (!on) return (_ink, text) => text;
  return (ink, text) => `\x1B[${CODES[ink][0]}m${text}\x1B[${CODES[ink][1]}m`;
}
var SEQUENCES = /\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]|\x1b\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)|\x1b[@-Z\\^_]/g;
function stripAnsi(text) {
  return text.includes("\x1B") ? text.replace(SEQUENCES, "") : text;
}

// ../page/src/report/html/markup.ts
var Markup = class {
  text;
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
};
function html(strings, ...parts) {
  let text = strings[0] ?? "";
  parts.forEach((part, index) => {
    text += partText(part) + (strings[index + 1] ?? "");
  });
  return new Markup(text);
}
var trusted2 = (text) => new Markup(text);
var NOTHING2 = new Markup("");
function partText(part) {
  if (part === void 0 || part === false) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "string") return PLAIN.test(part) ? part : escapeHtml(visible(part));
  if (typeof part === "number") return String(part);
  return part.map(partText).join("");
}
var PLAIN = /^[\w ,.:;()[\]{}=+*/?!@#%^|~$-]*$/;
function visible(text) {
  return text.replace(
    /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g,
    (character) => {
      const code = character.charCodeAt(0);
      if (code < 32) return String.fromCharCode(9216 + code);
      return `\\u${code.toString(16).padStart(4, "0")}`;
    }
  );
}

// ../page/src/report/html/sgr.ts
var closing = (code) => {
  if (code >= 40 && code < 50) return 49;
  if (code >= 30) return 39;
  return code === 1 || code === 2 ? 22 : code + 20;
};
var MARKS = /* @__PURE__ */ new Set([1, 2, 3, 4, 9]);
var SEQUENCE = /(?:\x1b\[|\x9b)([0-9;:]{0,64})[ -/]{0,4}([@-~])|\x1b\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)?|\x1b[@-Z\\^_]?/g;
function simplifyAnsi(text, clean2) {
  const look = { color: void 0, background: void 0, marks: /* @__PURE__ */ new Set() };
  let result = "";
  let at = 0;
  const add = (part) => {
    if (part === "") return;
    const codes = [...look.marks, look.background, look.color].filter((code) => code !== void 0);
    result += codes.map((code) => `\x1B[${code}m`).join("") + clean2(part);
    result += codes.reverse().map((code) => `\x1B[${closing(code)}m`).join("");
  };
  for (const match of text.matchAll(SEQUENCE)) {
    add(text.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[2] === "m") apply(look, match[1] ?? "");
  }
  add(text.slice(at));
  return result;
}
function apply(look, parameters) {
  const codes = parameters.split(/[;:]/).map((part) => part === "" ? 0 : Number(part));
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0;
    if (code === 38 || code === 48) {
      const [color, used] = extendedColor(codes.slice(index + 1));
      index += used;
      if (color !== void 0 && code === 38) look.color = 30 + color;
      else if (color !== void 0) look.background = 40 + color;
    } else applyOne(look, code);
  }
}
function applyOne(look, code) {
  if (code === 0) {
    look.color = look.background = void 0;
    look.marks.clear();
  } else if (MARKS.has(code)) look.marks.add(code);
  else if (code === 21 || code === 22) {
    look.marks.delete(1);
    look.marks.delete(2);
  } else if (code === 23 || code === 24 || code === 29) look.marks.delete(code - 20);
  else if (code === 39) look.color = void 0;
  else if (code === 49 || code === 27) look.background = void 0;
  else if (code === 7) look.background = 47;
  else if (code >= 30 && code <= 37) look.color = code;
  else if (code >= 40 && code <= 47) look.background = code;
  else if (code === 90) look.color = 90;
  else if (code > 90 && code <= 97) look.color = code - 60;
  else if (code >= 100 && code <= 107) look.background = code - 60;
}
function extendedColor(codes) {
  if (codes[0] === 5) return [paletteColor(codes[1] ?? 0), 2];
  if (codes[0] === 2) return [nearestColor(codes[1] ?? 0, codes[2] ?? 0, codes[3] ?? 0), 4];
  return [void 0, 1];
}
function paletteColor(index) {
  if (index < 16) return index % 8;
  if (index >= 232) return index < 244 ? 0 : 7;
  const cube = index - 16;
  const level = (value) => value % 6 * 51;
  return nearestColor(level(Math.floor(cube / 36)), level(Math.floor(cube / 6)), level(cube));
}
function nearestColor(red, green, blue) {
  const half = Math.max(red, green, blue) / 2;
  if (half < 24) return 0;
  return (red > half ? 1 : 0) + (green > half ? 2 : 0) + (blue > half ? 4 : 0);
}

// ../page/src/report/html/message.ts
var plainMessage = (message) => html`${stripAnsi(message)}`;
async function loadMessageMarkup({ errors, sections = [] }) {
  const texts2 = [...errors.map(({ message }) => message), ...sections.map(({ text = "" }) => text)];
  if (!texts2.some((text) => /[\x1b\x9b]/.test(text))) return plainMessage;
  try {
    const { default: ansiHtml } = await import("ansi-html");
    const classes = classesByStyle(ansiHtml.tags.open);
    return (message) => {
      if (!/[\x1b\x9b]/.test(message)) return html`${message}`;
      const simple = simplifyAnsi(message, (text) => html`${text}`.text);
      const colored = withClasses(ansiHtml(simple), classes);
      return ALLOWED.test(colored) ? trusted2(colored) : plainMessage(message);
    };
  } catch {
    return plainMessage;
  }
}
var ALLOWED = /^(?:[^<]|<span(?: class="rs-a\d{1,2}")?>|<\/span>|<[iu]>|<\/[iu]>|<\/?del>)*$/;
function classesByStyle(open) {
  return new Map(Object.entries(open).map(([code, style]) => [`${style};`, `rs-a${Number(code)}`]));
}
var withClasses = (text, classes) => text.replace(/<span style="([^"]{0,200})">/g, (_whole, style) => {
  const name = classes.get(style);
  return name === void 0 ? "<span>" : `<span class="${name}">`;
});

// ../page/src/report/html/highlight.ts
import { extname as extname3 } from "node:path";
var KEYWORDS = new Set(
  "abstract as async await break case catch class const continue debugger declare default delete do else enum export extends finally for from function get if implements import in infer instanceof interface is keyof let namespace new of override private protected public readonly return satisfies set static super switch this throw try type typeof using var void while with yield".split(" ")
);
var CONSTANTS = /* @__PURE__ */ new Set(["true", "false", "null", "undefined", "NaN", "Infinity"]);
var LANGUAGES = /* @__PURE__ */ new Set([".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".json"]);
var TOKEN3 = /(?<space>\s+)|(?<line>\/\/.*)|(?<block>\/\*)|(?<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?<template>`)|(?<number>(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]+)?(?:[eE][+-]?\d+)?)n?)|(?<word>[A-Za-z_$#][\w$]*)|(?<open>\{)|(?<close>\})|(?<mark>[^\s])/y;
var REGEX = /\/(?![*/])(?:[^/\\[]|\\.|\[(?:[^\]\\]|\\.)*\])+\/[dgimsuvy]*/y;
function highlightLines(lines, file) {
  if (file !== "" && !LANGUAGES.has(extname3(file).toLowerCase())) return lines.map((line) => html`${line}`);
  const state = { mode: startsInComment(lines) ? "comment" : "code", braces: [], regexAllowed: true };
  return lines.map((line) => highlightLine(line, state));
}
function startsInComment(lines) {
  for (const line of lines) {
    const open = line.indexOf("/*");
    const close = line.indexOf("*/");
    if (close >= 0 && (open < 0 || close < open)) return true;
    if (open >= 0) return false;
  }
  return false;
}
function highlightLine(line, state) {
  let text = "";
  let at = 0;
  while (at < line.length) {
    const end = state.mode === "code" ? codeToken(line, at, state) : textToken(line, at, state);
    text += end.markup;
    at = end.next;
  }
  return trusted2(text);
}
var span = (kind, text) => html`<span class="${kind}">${text}</span>`.text;
var plain3 = (text) => html`${text}`.text;
function textToken(line, at, state) {
  if (state.mode === "comment") {
    const close = line.indexOf("*/", at);
    const next = close < 0 ? line.length : close + 2;
    if (close >= 0) state.mode = "code";
    return { markup: span("c", line.slice(at, next)), next };
  }
  for (let index = at; index < line.length; index++) {
    const character = line[index];
    if (character === "\\") index++;
    else if (character === "`") {
      state.mode = "code";
      state.regexAllowed = false;
      return { markup: span("s", line.slice(at, index + 1)), next: index + 1 };
    } else if (character === "$" && line[index + 1] === "{") {
      state.mode = "code";
      state.braces.push(0);
      state.regexAllowed = true;
      return { markup: span("s", line.slice(at, index + 2)), next: index + 2 };
    }
  }
  return { markup: span("s", line.slice(at)), next: line.length };
}
function codeToken(line, at, state) {
  const regex = state.regexAllowed && line[at] === "/" ? matchAt(REGEX, line, at) : void 0;
  if (regex !== void 0) {
    state.regexAllowed = false;
    return { markup: span("s", regex[0]), next: at + regex[0].length };
  }
  const match = matchAt(TOKEN3, line, at);
  const text = match?.[0] ?? line.slice(at, at + 1);
  const groups = match?.groups ?? {};
  const next = at + text.length;
  if (groups.space !== void 0) return { markup: plain3(text), next };
  if (groups.line !== void 0) return { markup: span("c", text), next };
  if (groups.block !== void 0) {
    state.mode = "comment";
    return textToken(line, at, state);
  }
  if (groups.template !== void 0) {
    state.mode = "template";
    return { markup: span("s", text), next };
  }
  if (groups.open !== void 0 || groups.close !== void 0) return brace(text, next, state);
  if (groups.word !== void 0) return word(text, line, next, state);
  state.regexAllowed = groups.mark !== void 0 && !/[)\]]/.test(text);
  if (groups.string !== void 0) return { markup: span("s", text), next };
  if (groups.number !== void 0) return { markup: span("n", text), next };
  return { markup: plain3(text), next };
}
function brace(text, next, state) {
  state.regexAllowed = text === "{";
  const depth = state.braces.at(-1);
  if (depth === void 0) return { markup: plain3(text), next };
  if (text === "{") state.braces[state.braces.length - 1] = depth + 1;
  else if (depth > 0) state.braces[state.braces.length - 1] = depth - 1;
  else {
    state.braces.pop();
    state.mode = "template";
    return { markup: span("s", text), next };
  }
  return { markup: plain3(text), next };
}
function word(text, line, next, state) {
  const isProperty = line[next - text.length - 1] === "." && line[next - text.length - 2] !== ".";
  const isKeyword = KEYWORDS.has(text) && !isProperty;
  state.regexAllowed = isKeyword && !/^(?:this|super)$/.test(text);
  if (isKeyword) return { markup: span("k", text), next };
  if (CONSTANTS.has(text) && !isProperty) return { markup: span("n", text), next };
  if (line[next] === "(" || line.startsWith("?.(", next)) return { markup: span("f", text), next };
  if (/^[A-Z]/.test(text) && /[a-z]/.test(text)) return { markup: span("t", text), next };
  return { markup: plain3(text), next };
}
function matchAt(expression, line, at) {
  expression.lastIndex = at;
  return expression.exec(line) ?? void 0;
}

// ../page/src/report/html/code.ts
function frameCode(frame, source) {
  const values = frame.values ?? [];
  const changed = source.changed === true && html`<p class="rs-note">This file was changed after the process had started: the lines may have moved.</p>`;
  const code = html`${codeBlock(source, frame.file)}${changed}`;
  if (values.length === 0) return code;
  return html`${code}<dl class="rs-values">${values.map(
    ({ key, value }) => html`<div><dt>${key}</dt><dd><code class="rs-value" data-type="${value.type}">${value.text}</code></dd></div>`
  )}</dl>`;
}
var drawings = shared("report.code", () => /* @__PURE__ */ new WeakMap());
function codeBlock(source, file) {
  let drawn = drawings.get(source);
  if (drawn === void 0) {
    drawn = drawCode(source, file).text;
    drawings.set(source, drawn);
  }
  return trusted2(drawn);
}
var isDrawn = (source) => drawings.has(source);
function drawCode(source, file) {
  const lines = highlightLines(source.lines, file ?? "");
  const digits = String(source.startLine + lines.length - 1).length;
  return html`<pre class="rs-code" tabindex="0" aria-label="Source code"><code>${lines.map((line, index) => {
    const number = source.startLine + index;
    const shown = String(number).padStart(digits);
    if (number !== source.line) return html`<span class="rs-line"><i>${shown}</i>${line}\n</span>`;
    return html`<span class="rs-line rs-failing"><i>${shown}</i>${line}\n</span>${caret(source, digits)}`;
  })}</code></pre>`;
}
function caret(source, digits) {
  if (source.column === void 0) return NOTHING2;
  const line = source.lines[source.line - source.startLine] ?? "";
  if (source.column > line.length + 1) return NOTHING2;
  const before = line.slice(0, source.column - 1).replace(/[^\t]/g, " ");
  const token = /^(?:(?:new|await|throw)\s{1,4})?[\w$]+/.exec(line.slice(source.column - 1))?.[0] ?? " ";
  const marks = "^".repeat(Math.min(token.length, 60));
  return html`<span class="rs-line rs-caret" aria-hidden="true"><i>${" ".repeat(digits)}</i>${trusted2(before)}<b>${marks}</b>\n</span>`;
}

// ../page/src/report/html/style.generated.ts
var PAGE_STYLE = ':root{color-scheme:light;--rs-bg: #f4f5f7;--rs-panel: #ffffff;--rs-fg: #1b1f24;--rs-muted: #57606a;--rs-accent: #0a5dc2;--rs-error: #b42318;--rs-line: #d9dee4;--rs-code-bg: #fafbfc;--rs-failing-bg: #ffedeb;--rs-failing-edge: #d92d20;--rs-focus: #0a5dc2;--rs-k: #7a3ec8;--rs-s: #0b6b4f;--rs-n: #0550ae;--rs-f: #8a4600;--rs-t: #0f6674;--rs-a31: #b42318;--rs-a32: #1a6e33;--rs-a33: #855a00;--rs-a34: #0a5dc2;--rs-a35: #9b2c9b;--rs-a36: #0f6674;--rs-sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;--rs-mono: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace}:root[data-theme=dark]{color-scheme:dark;--rs-bg: #0e1014;--rs-panel: #16191f;--rs-fg: #e4e7eb;--rs-muted: #9aa5b1;--rs-accent: #7cb7ff;--rs-error: #ff8b80;--rs-line: #2a2f38;--rs-code-bg: #12151a;--rs-failing-bg: #3a1a1c;--rs-failing-edge: #ff6b5e;--rs-focus: #7cb7ff;--rs-k: #cfa6ff;--rs-s: #8fdcb4;--rs-n: #8cc4ff;--rs-f: #ffc27d;--rs-t: #79d5e4;--rs-a31: #ff8b80;--rs-a32: #7fd69a;--rs-a33: #ecc66a;--rs-a34: #7cb7ff;--rs-a35: #eba3eb;--rs-a36: #79d5e4}@media(prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;--rs-bg: #0e1014;--rs-panel: #16191f;--rs-fg: #e4e7eb;--rs-muted: #9aa5b1;--rs-accent: #7cb7ff;--rs-error: #ff8b80;--rs-line: #2a2f38;--rs-code-bg: #12151a;--rs-failing-bg: #3a1a1c;--rs-failing-edge: #ff6b5e;--rs-focus: #7cb7ff;--rs-k: #cfa6ff;--rs-s: #8fdcb4;--rs-n: #8cc4ff;--rs-f: #ffc27d;--rs-t: #79d5e4;--rs-a31: #ff8b80;--rs-a32: #7fd69a;--rs-a33: #ecc66a;--rs-a34: #7cb7ff;--rs-a35: #eba3eb;--rs-a36: #79d5e4}}*,*:before,*:after{box-sizing:border-box}html{-webkit-text-size-adjust:100%;text-size-adjust:100%}body{margin:0;background:var(--rs-bg);color:var(--rs-fg);font:400 .9375rem / 1.5 var(--rs-sans)}code,pre{font-family:var(--rs-mono);font-size:.8125rem}a{color:var(--rs-accent)}:focus-visible{outline:2px solid var(--rs-focus);outline-offset:2px}summary{cursor:pointer}.rs-a1{font-weight:700}.rs-a2{opacity:.85}.rs-a31{color:var(--rs-a31)}.rs-a32{color:var(--rs-a32)}.rs-a33{color:var(--rs-a33)}.rs-a34{color:var(--rs-a34)}.rs-a35{color:var(--rs-a35)}.rs-a36{color:var(--rs-a36)}.rs-a90,.rs-a37{color:var(--rs-muted)}.rs-a40,.rs-a41,.rs-a42,.rs-a43,.rs-a44,.rs-a45,.rs-a46,.rs-a47{box-shadow:0 0 0 1px var(--rs-line);border-radius:2px}.rs-header,.rs-main{max-width:74rem;margin:0 auto;padding:0 1.25rem}.rs-banner{flex:1 0 100%;margin:0;padding-top:.6rem;color:var(--rs-muted);font-size:.8125rem}.rs-header{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1rem;min-height:3.25rem}.rs-request{flex:1 1 12rem;min-width:0;margin:0;font:.8125rem / 1.4 var(--rs-mono);overflow-wrap:anywhere}.rs-method{font-weight:700}.rs-url{color:var(--rs-muted)}#rs-status:empty,#rs-toolbar:empty{display:none}#rs-status{font-size:.8125rem;color:var(--rs-muted)}.rs-main{padding-bottom:4rem}.rs-hero{padding:.25rem 0 0}h1{margin:0;font-size:1rem;font-weight:400}.rs-name{color:var(--rs-error);font-weight:650}h1 .rs-name{font-size:1.0625rem}.rs-errorcode,.rs-owner,.rs-relation{display:inline-block;padding:0 .4em;border:1px solid var(--rs-line);border-radius:4px;color:var(--rs-muted);font-size:.75rem;line-height:1.5}.rs-message{display:block;margin:.25rem 0 0;white-space:pre-wrap;overflow-wrap:anywhere;tab-size:4}h1 .rs-message{font-size:1.5rem;font-weight:600;line-height:1.3;letter-spacing:-.01em}.rs-because{margin:.35rem 0 0;color:var(--rs-muted);overflow-wrap:anywhere}h1 .rs-message.rs-long{max-height:14rem;overflow:auto;padding:.75rem 1rem;border:1px solid var(--rs-line);border-radius:8px;background:var(--rs-panel);font:400 .8125rem / 1.5 var(--rs-mono);letter-spacing:0}h1 .rs-message.rs-lines{font:500 1rem / 1.5 var(--rs-mono);letter-spacing:0}.rs-label{margin:1.5rem 0 .5rem;font-size:.8125rem;font-weight:600;color:var(--rs-muted)}.rs-note{margin:.5rem 0;color:var(--rs-muted);font-size:.8125rem;overflow-wrap:anywhere}.rs-path ol,.rs-path ul{display:flex;flex-wrap:wrap;align-items:center;gap:.4rem 0;margin:.75rem 0 0;padding:0;list-style:none;font-size:.8125rem}.rs-path ol li+li:before{content:"\\2192";margin:0 .5rem;color:var(--rs-muted)}.rs-path ul{gap:.4rem;margin-top:.4rem}.rs-path a{display:inline-block;padding:.2rem .6rem;border:1px solid var(--rs-line);border-radius:999px;background:var(--rs-panel);color:var(--rs-fg);text-decoration:none}.rs-path a:hover{border-color:var(--rs-accent)}.rs-path a[aria-current]{border-color:var(--rs-fg)}.rs-path .rs-relation{padding:0;border:0;font-size:inherit}.rs-other{margin-bottom:.5rem;border:1px solid var(--rs-line);border-radius:8px;background:var(--rs-panel)}.rs-other>summary{padding:.6rem .9rem;overflow-wrap:anywhere}.rs-other>div{padding:0 .9rem .9rem}.rs-other .rs-frames{border-color:var(--rs-line)}.rs-brief{color:var(--rs-fg)}.rs-other>summary{list-style:none}.rs-other>summary::-webkit-details-marker{display:none}.rs-other>summary:before{content:"";display:inline-block;width:.35rem;height:.35rem;margin:0 .75rem .15rem 0;border:solid var(--rs-muted);border-width:0 1.5px 1.5px 0;transform:rotate(-45deg)}.rs-other[open]>summary:before{transform:rotate(45deg)}.rs-other>summary .rs-name,.rs-brief{font-size:.875rem}.rs-table{width:100%;margin:0 0 1rem;border-collapse:collapse;table-layout:fixed;font-size:.8125rem}.rs-table caption{padding-bottom:.25rem;text-align:left;color:var(--rs-muted);font-size:.75rem}.rs-table th{width:13rem;padding:.3rem 1rem .3rem 0;border-top:1px solid var(--rs-line);text-align:left;vertical-align:top;font-weight:500;color:var(--rs-muted);overflow-wrap:anywhere}.rs-table td{padding:.3rem 0;border-top:1px solid var(--rs-line);vertical-align:top;font-family:var(--rs-mono);overflow-wrap:anywhere}.rs-object ul{margin:.2rem 0 .2rem .4rem;padding:0 0 0 .9rem;border-left:1px solid var(--rs-line);list-style:none}.rs-key{color:var(--rs-muted)}.rs-value[data-type=string]{color:var(--rs-s)}.rs-value[data-type=number],.rs-value[data-type=boolean],.rs-value[data-type=null],.rs-value[data-type=undefined]{color:var(--rs-n)}@media(max-width:40rem){.rs-header,.rs-main{padding-left:.9rem;padding-right:.9rem}h1 .rs-message{font-size:1.2rem}.rs-table th,.rs-table td{display:block;width:auto}.rs-table td{border-top:0;padding-top:0}}.rs-hints{display:grid;gap:.5rem;margin-top:1rem}.rs-hint{padding:.6rem .9rem;border:1px solid var(--rs-line);border-left:3px solid var(--rs-accent);border-radius:6px;background:var(--rs-panel);font-size:.875rem;overflow-wrap:anywhere}.rs-hint p{margin:.15rem 0}.rs-hint-title{font-weight:600}.rs-hint pre{margin:.4rem 0 0;overflow-x:auto}.rs-hint code{padding:.05em .3em;border-radius:3px;background:var(--rs-bg)}.rs-command:before{content:"$ ";color:var(--rs-muted)}.rs-change del,.rs-change ins{display:block;text-decoration:none}.rs-change del{color:var(--rs-error)}.rs-change ins{color:var(--rs-a32)}.rs-output{max-height:20rem;margin:0 0 1rem;padding:.6rem .9rem;overflow:auto;border:1px solid var(--rs-line);border-radius:8px;background:var(--rs-panel)}.rs-text{margin-top:.6rem;font-size:.8125rem}.rs-text>summary{color:var(--rs-muted)}.rs-text>pre{margin-top:.5rem;max-height:none}.rs-error>.rs-table,.rs-other .rs-table{margin-top:1rem}.rs-frames{overflow:hidden;border:1px solid var(--rs-line);border-radius:8px;background:var(--rs-panel)}.rs-frames>*+*,.rs-group>.rs-frame{border-top:1px solid var(--rs-line)}.rs-frame>summary,.rs-group>summary{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 .75rem;min-height:2.25rem;padding:.4rem .9rem;list-style:none;font-size:.8125rem}.rs-frame>summary::-webkit-details-marker,.rs-group>summary::-webkit-details-marker{display:none}.rs-frame>summary:before,.rs-group>summary:before{content:"";align-self:center;width:.35rem;height:.35rem;border:solid var(--rs-muted);border-width:0 1.5px 1.5px 0;transform:rotate(-45deg)}.rs-frame[open]>summary:before,.rs-group[open]>summary:before{transform:rotate(45deg)}.rs-frame>summary:hover,.rs-group>summary:hover,.rs-other>summary:hover{background:var(--rs-code-bg)}.rs-frame>summary:focus-visible,.rs-group>summary:focus-visible{outline-offset:-2px}.rs-function{font-family:var(--rs-mono);font-weight:600;overflow-wrap:anywhere}.rs-frame:not([data-kind=app]) .rs-function{font-weight:400}.rs-place{margin-left:auto;font-family:var(--rs-mono);color:var(--rs-muted);overflow-wrap:anywhere}.rs-file{color:var(--rs-fg)}.rs-group>summary{color:var(--rs-muted)}.rs-group>.rs-frame>summary{padding-left:1.9rem}.rs-frame>.rs-note{margin:.5rem .9rem .6rem}.rs-code{margin:0;padding:.4rem 0;overflow-x:auto;border-top:1px solid var(--rs-line);background:var(--rs-code-bg);line-height:1.6;tab-size:2}.rs-code code{display:block;min-width:max-content}.rs-line{display:block;padding:0 .9rem 0 .6rem;border-left:3px solid transparent}.rs-line i{display:inline-block;min-width:2.5rem;margin-right:1rem;text-align:right;font-style:normal;color:var(--rs-muted);user-select:none;-webkit-user-select:none}.rs-failing{border-left-color:var(--rs-failing-edge);background:var(--rs-failing-bg)}.rs-failing i{color:var(--rs-fg)}.rs-caret{border-left-color:var(--rs-failing-edge);background:var(--rs-failing-bg);line-height:1;padding-bottom:.2rem}.rs-caret b{color:var(--rs-failing-edge)}.rs-tools{position:relative;height:0}.rs-open{position:absolute;top:.45rem;right:.6rem;padding:0 .4rem;border-radius:4px;background:var(--rs-code-bg);font-size:.75rem}.rs-tools+.rs-note{padding-right:7rem}.rs-values{display:flex;flex-wrap:wrap;gap:.2rem 1.25rem;margin:0;padding:.5rem .9rem;border-top:1px solid var(--rs-line);font:.8125rem / 1.5 var(--rs-mono)}.rs-values div{display:flex;gap:.5rem;min-width:0}.rs-values dt{color:var(--rs-muted)}.rs-values dd{margin:0;min-width:0;overflow-wrap:anywhere}.rs-values [data-type=undefined],.rs-values [data-type=null]{color:var(--rs-error);font-weight:650}.rs-code .k{color:var(--rs-k)}.rs-code .s{color:var(--rs-s)}.rs-code .n{color:var(--rs-n)}.rs-code .f{color:var(--rs-f)}.rs-code .t{color:var(--rs-t)}.rs-code .c{color:var(--rs-muted);font-style:italic}@media(max-width:40rem){.rs-frame>summary,.rs-group>summary{min-height:2.75rem;align-content:center}.rs-place{width:100%;margin-left:1.1rem}.rs-line i{min-width:2rem;margin-right:.6rem}}@media print{:root{--rs-bg: #fff}#rs-toolbar,#rs-status,.rs-tools,.rs-console-slot{display:none}.rs-frames,.rs-other,.rs-code{overflow:visible;break-inside:avoid}.rs-code code{min-width:0}.rs-line{white-space:pre-wrap;overflow-wrap:anywhere}}';

// ../page/src/report/html/layout.ts
function layoutPart({ report, options, primary }, body) {
  const error = report.errors[primary];
  const message = stripAnsi(error?.message ?? "").split("\n", 1)[0] ?? "";
  const title = `${error?.name ?? "Error"}${message === "" ? "" : `: ${message.slice(0, 120)}`}`;
  const nonce = options.nonce === void 0 ? NOTHING2 : html` nonce="${options.nonce}"`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<style${nonce}>${trusted2(PAGE_STYLE)}</style>
${options.style !== void 0 && html`<style${nonce}>${trusted2(endProof(options.style))}</style>`}
</head>
<body>
${body}
${options.bootstrap !== void 0 && html`<script type="application/json" id="rocksolid-data"${nonce}>${trusted2(jsonForScript(options.bootstrap))}</script>
`}${options.script !== void 0 && html`<script${nonce}>${trusted2(endProof(options.script))}</script>
`}</body>
</html>
`;
}
var endProof = (code) => code.replace(/<(\/(?:style|script)|!--)/gi, (_whole, rest) => `<\\${rest}`);

// ../page/src/report/render-request.ts
var OWN = /* @__PURE__ */ new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "accept-encoding",
  "keep-alive",
  "upgrade",
  "expect"
]);
function requestToCurl(request) {
  const parts = ["curl", "--globoff", "--include"];
  if (request.method === "HEAD") parts.push("--head");
  else if (request.method !== "GET") parts.push(`--request ${quote2(request.method)}`);
  for (const [name, value] of headersOf2(request)) parts.push(`--header ${quote2(`${name}: ${value}`)}`);
  parts.push(`--url ${quote2(urlOf(request))}`);
  return parts.join(" \\\n  ");
}
function requestToFetch(request) {
  const headers = headersOf2(request).map(([name, value]) => `    [${json(name)}, ${json(value)}],
`);
  const list = headers.length === 0 ? "" : `  headers: [
${headers.join("")}  ],
`;
  return `await fetch(${json(urlOf(request))}, {
  method: ${json(request.method)},
${list}})`;
}
function headersOf2(request) {
  return request.headers.filter(([name]) => !OWN.has(name.toLowerCase()) && /^[\w!#$%&'*+.^`|~-]+$/.test(name)).map(([name, value]) => [name, escapeControls(value)]);
}
function urlOf({ url, headers }) {
  const path = escapeControls(url);
  if (/^https?:\/\//i.test(path)) return path;
  const host = headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "localhost";
  return `http://${/^[\w.:[\]-]+$/.test(host) ? host : "localhost"}${path.startsWith("/") ? path : `/${path}`}`;
}
var quote2 = (text) => `'${text.replaceAll("'", "'\\''")}'`;
var json = (text) => JSON.stringify(text);

// ../page/src/report/editors.ts
var AT = "{file}:{line}:{column}";
var JETBRAINS = "open?file={query}&line={line}&column={column}";
var EDITORS = {
  vscode: `vscode://file{slash}${AT}`,
  "vscode-insiders": `vscode-insiders://file{slash}${AT}`,
  vscodium: `vscodium://file{slash}${AT}`,
  cursor: `cursor://file{slash}${AT}`,
  windsurf: `windsurf://file{slash}${AT}`,
  kiro: `kiro://file{slash}${AT}`,
  trae: `trae://file{slash}${AT}`,
  antigravity: `antigravity://file{slash}${AT}`,
  zed: `zed://file{slash}${AT}`,
  fleet: `fleet://open?file={query}&line={line}&column={column}`,
  idea: `idea://${JETBRAINS}`,
  webstorm: `webstorm://${JETBRAINS}`,
  phpstorm: `phpstorm://${JETBRAINS}`,
  pycharm: `pycharm://${JETBRAINS}`,
  rubymine: `rubymine://${JETBRAINS}`,
  goland: `goland://${JETBRAINS}`,
  rider: `rider://${JETBRAINS}`,
  clion: `clion://${JETBRAINS}`,
  appcode: `appcode://${JETBRAINS}`,
  sublime: "subl://open?url=file://{query}&line={line}&column={column}",
  textmate: "txmt://open?url=file://{query}&line={line}&column={column}",
  nova: "nova://open?path={query}&line={line}&column={column}",
  atom: "atom://core/open/file?filename={query}&line={line}&column={column}",
  brackets: "brackets://open?file={query}&line={line}",
  emacs: "emacs://open?url=file://{query}&line={line}&column={column}",
  macvim: "mvim://open?url=file://{query}&line={line}&column={column}",
  gvim: "gvim://open?url=file://{query}&line={line}&column={column}",
  neovim: "nvim://open?url=file://{query}&line={line}&column={column}",
  "notepad++": "notepad++://open?file={query}&line={line}",
  netbeans: "netbeans://open?f={query}:{line}",
  espresso: "x-espresso://open?filepath={query}&lines={line}"
};
var FORBIDDEN = /^(?:javascript|data|vbscript|blob|about|view-source):/i;
function editorLink(template, place2, paths = {}) {
  const file = mapPath(place2.file, paths);
  const isAbsolute6 = file.startsWith("/") || /^[A-Za-z]:[\\/]/.test(file);
  if (!isAbsolute6 || file.startsWith("//") || FORBIDDEN.test(template.trim())) return void 0;
  const path = file.replaceAll("\\", "/");
  const values = {
    // `file/C:/x` on Windows, `file/x` elsewhere.
    slash: path.startsWith("/") ? "" : "/",
    file: encodePath(path),
    query: encodeURIComponent(path),
    line: String(place2.line ?? 1),
    column: String(place2.column ?? 1)
  };
  return template.replace(/\{(slash|file|query|line|column)\}/g, (_whole, name) => values[name] ?? "");
}
var encodePath = (path) => path.split("/").map(encodeURIComponent).join("/").replaceAll("%3A", ":");
function mapPath(file, paths) {
  let best;
  for (const from of Object.keys(paths)) {
    const prefix = from.replace(/[\\/]$/, "");
    const isInside2 = file === prefix || file.startsWith(`${prefix}/`) || file.startsWith(`${prefix}\\`);
    if (isInside2 && prefix.length > (best?.replace(/[\\/]$/, "").length ?? -1)) best = from;
  }
  if (best === void 0) return file;
  return (paths[best] ?? "").replace(/[\\/]$/, "") + file.slice(best.replace(/[\\/]$/, "").length);
}

// ../page/src/report/value-rows.ts
var MAX_VALUE2 = 60;
function valueRows(line, values, width) {
  const places = [];
  const taken = /* @__PURE__ */ new Set();
  for (const { key, value } of values) {
    const column = columnOf(line, key);
    if (column === void 0 || taken.has(column) || column > width - 8) continue;
    taken.add(column);
    const text = value.text.length > MAX_VALUE2 ? `${value.text.slice(0, MAX_VALUE2 - 1)}\u2026` : value.text;
    places.push({ column, text });
  }
  places.sort((a, b) => a.column - b.column);
  return places.map(({ column, text }, index) => {
    let row = "";
    for (const earlier of places.slice(0, index)) row = `${row.padEnd(earlier.column)}\u2502`;
    return `${row.padEnd(column)}\u2514 ${text}`;
  }).reverse();
}
function columnOf(line, key) {
  const parts = key.split(".");
  for (const { path, index, text } of identifiersOn(line)) {
    if (!parts.every((part, at2) => path[at2] === part)) continue;
    let at = index;
    for (const part of path.slice(0, parts.length - 1)) {
      at += part.length;
      at += line.startsWith("?.", at) ? 2 : 1;
    }
    return at > index + text.length ? index : shownLength(line.slice(0, at));
  }
  return void 0;
}
var shownLength = (text) => text.replaceAll("	", "  ").length;

// ../page/src/report/render-text.ts
var AROUND = 3;
var MAX_MESSAGE_LINES = 40;
function renderText(report, options = {}) {
  const width = Math.max(40, options.width ?? 120);
  const editor = options.color === true ? options.editor : void 0;
  const drawing = {
    paint: painter(options.color === true),
    width,
    cwd: report.runtime.cwd,
    editor,
    paths: options.paths ?? {}
  };
  const lines = [...requestLines(report, drawing)];
  report.errors.forEach((error, index) => {
    if (index > 0) lines.push("");
    lines.push(...errorLines(error, report.errors, drawing));
  });
  if (report.moreErrors > 0) lines.push("", `\u2026 and ${report.moreErrors} more errors`);
  for (const hint of report.hints ?? []) lines.push("", ...hintLines(hint, drawing));
  if (options.link !== void 0) lines.push("", drawing.paint("cyan", escapeControls(options.link)));
  return lines.join("\n");
}
function requestLines({ request }, { paint }) {
  if (request === void 0) return [];
  return [`${paint("bold", escapeControls(request.method))} ${escapeControls(request.url)}`];
}
function errorLines(error, all, drawing) {
  const lines = [...headLines(error, all, drawing)];
  const main = mainFrameIndex(error.frames);
  for (const item of frameItems(error.frames)) {
    if (item.type !== "frame") lines.push(drawing.paint("dim", `    \u2026 ${escapeControls(item.label)}`));
    else {
      lines.push(frameLine(item.frame, drawing));
      if (item.index === main && item.frame.source)
        lines.push(...codeLines(item.frame, item.frame.source, drawing));
    }
  }
  if (error.moreFrames > 0) lines.push(drawing.paint("dim", `    \u2026 ${error.moreFrames} more frames`));
  if (error.frames.length === 0) lines.push(drawing.paint("dim", "    (no stack)"));
  return lines;
}
function headLines(error, all, { paint }) {
  const name = paint("brightRed", paint("bold", escapeControls(error.name)));
  const messages = stripAnsi(error.message).split(/\r\n|\n|\r/);
  const shown = messages.slice(0, MAX_MESSAGE_LINES).map(escapeControls);
  if (messages.length > shown.length) shown.push(`\u2026 ${messages.length - shown.length} more lines`);
  const [first = "", ...rest] = shown;
  const code = error.code === void 0 || first.includes(error.code) ? "" : ` [${escapeControls(error.code)}]`;
  const thrown = error.isError ? "" : paint("dim", " (thrown, but not an error)");
  const message = first === "" ? "" : `: ${first}`;
  const head = `${relationText(error, all, paint)}${name}${message}${code}${thrown}`;
  return [head, ...rest.map((line) => `  ${line}`), ...propertyLines(error, paint)];
}
function relationText(error, all, paint) {
  if (error.relation === "cause") return paint("dim", "caused by ");
  if (error.relation === "suppressed") return paint("dim", "suppressed ");
  if (error.relation !== "member") return "";
  const parent = error.parent === void 0 ? void 0 : all[error.parent];
  const { number, of } = error.member ?? { number: 0, of: 0 };
  return paint(
    "dim",
    `${number} of ${of}${parent === void 0 ? "" : ` in ${escapeControls(parent.name)}`} `
  );
}
var MAX_PROPERTIES = 8;
function propertyLines({ properties: properties2 }, paint) {
  const shown = properties2.slice(0, MAX_PROPERTIES);
  const lines = shown.map(
    ({ key, value }) => `  ${paint("dim", `${escapeControls(key)}:`)} ${escapeControls(value.text)}`
  );
  return shown.length < properties2.length ? [...lines, paint("dim", `  \u2026 ${properties2.length - shown.length} more`)] : lines;
}
function frameLine(frame, { paint, cwd, editor, paths }) {
  const { file, line, column } = frame;
  const shown = paint("cyan", escapeControls(shownPlace(frame, cwd)));
  const url = editor === void 0 || file === void 0 ? void 0 : editorLink(editor, { file, line, column }, paths);
  const place2 = url === void 0 ? shown : `\x1B]8;;${escapeControls(url)}\x1B\\${shown}\x1B]8;;\x1B\\`;
  return `    at ${escapeControls(shownFunction(frame))} (${place2})`;
}
function codeLines(frame, source, drawing) {
  const { paint, width } = drawing;
  const from = Math.max(source.startLine, source.line - AROUND);
  const to = Math.min(source.startLine + source.lines.length - 1, source.line + AROUND);
  const digits = String(to).length;
  const room = width - digits - 11;
  const lines = [];
  for (let number = from; number <= to; number++) {
    const raw = source.lines[number - source.startLine] ?? "";
    const code = escapeControls(expandTabs(raw));
    const shown = code.length > room ? `${code.slice(0, Math.max(0, room - 1))}\u2026` : code;
    const isFailing = number === source.line;
    const gutter = `${isFailing ? paint("brightRed", ">") : " "} ${String(number).padStart(digits)} \u2502 `;
    lines.push(`      ${isFailing ? gutter : paint("dim", gutter)}${shown}`.trimEnd());
    if (!isFailing) continue;
    const blank = paint("dim", `  ${" ".repeat(digits)} \u2502 `);
    const rows = valueRows(raw, frame.values ?? [], room);
    for (const row of caretRow(raw, source.column, room, paint)) lines.push(`      ${blank}${row}`);
    for (const row of rows) lines.push(`      ${blank}${paint("yellow", escapeControls(row))}`);
  }
  return lines;
}
function caretRow(line, column, room, paint) {
  if (column === void 0) return [];
  const before = escapeControls(expandTabs(line.slice(0, column - 1))).length;
  return before > room ? [] : [`${" ".repeat(before)}${paint("brightRed", "^")}`];
}
function hintLines(hint, { paint }) {
  const lines = [paint("green", `hint: ${escapeControls(hint.title)}`)];
  for (const line of hint.text.split("\n")) lines.push(`  ${escapeControls(line)}`);
  if (hint.change !== void 0) {
    lines.push(paint("red", `  - ${escapeControls(hint.change.before.trim())}`));
    lines.push(paint("green", `  + ${escapeControls(hint.change.after.trim())}`));
  }
  if (hint.command !== void 0) lines.push(`  $ ${escapeControls(hint.command)}`);
  return lines;
}
var expandTabs = (text) => text.replaceAll("	", "  ");

// ../page/src/report/html/metadata.ts
function metadataGroups({
  request,
  runtime: runtime2,
  sections = [],
  ...report
}) {
  const groups = [];
  if (request !== void 0) {
    const rows2 = [
      ["Method", request.method],
      ["URL", request.url],
      ["HTTP version", request.httpVersion]
    ];
    if (request.remoteAddress !== void 0) rows2.push(["Remote address", request.remoteAddress]);
    const line = { name: "Request line", rows: rows2 };
    const headers = { name: "Headers", rows: request.headers };
    groups.push({ name: "Request", sections: request.headers.length === 0 ? [line] : [line, headers] });
  }
  for (const { name, rows: rows2 = [], text } of sections) {
    const parts = rows2.length === 0 ? [] : [{ name: "", rows: rows2 }];
    groups.push({
      name,
      sections: text === void 0 ? parts : [...parts, { name: TEXT, rows: [[TEXT, text]] }]
    });
  }
  const rows = [
    ["Runtime", `${runtime2.name} on ${runtime2.platform}`],
    ["Process", `${runtime2.pid}, up ${runtime2.uptimeSeconds} s`],
    ["Folder", runtime2.cwd],
    ["Time", new Date(report.at).toISOString()],
    ["Report", report.id],
    ["Fingerprint", report.fingerprint]
  ];
  groups.push({ name: "Process", sections: [{ name: "", rows }] });
  return groups;
}
var TEXT = "\0text";
function metadataPart(view, groups) {
  return html`${groups.map(
    (group, index) => html`<section class="rs-meta" aria-labelledby="rs-meta-${index}"><h2 id="rs-meta-${index}" class="rs-label">${group.name}</h2>
${group.sections.map((section) => {
      const [first] = section.rows;
      if (section.name === TEXT) {
        return html`<pre class="rs-output" tabindex="0" aria-label="${group.name}">${view.message(first?.[1] ?? "")}</pre>
`;
      }
      return html`<table class="rs-table">${section.name !== "" && html`<caption>${section.name}</caption>`}<tbody>${section.rows.map(
        ([key, value]) => html`<tr><th scope="row">${key}</th><td>${value}</td></tr>
`
      )}</tbody></table>
`;
    })}</section>
`
  )}`;
}
function textPart({ report }) {
  const { request } = report;
  const again = request && html`<details class="rs-text"><summary>Request as curl</summary><pre class="rs-output" tabindex="0" aria-label="The request as a curl command">${requestToCurl(request)}</pre></details>
<details class="rs-text"><summary>Request as fetch</summary><pre class="rs-output" tabindex="0" aria-label="The request as a call of fetch">${requestToFetch(request)}</pre></details>
`;
  return html`${again}<details class="rs-text"><summary>As text</summary><pre class="rs-output" tabindex="0" aria-label="The report as text">${renderText(report)}</pre></details>
`;
}

// ../page/src/report/html/frames.ts
function frameList(view, error, errorIndex, draw) {
  if (error.frames.length === 0) return html`<p class="rs-note">${noStack(error)}</p>`;
  const main = mainFrameIndex(error.frames);
  const frame = (one, index) => frameDetails(view, one, `${errorIndex}.${index}`, index === main, draw(errorIndex, index));
  return html`<div class="rs-frames">${frameItems(error.frames).map((item) => {
    if (item.type === "frame") return frame(item.frame, item.index);
    return html`<details class="rs-group" data-group="${item.type}"><summary>${item.label}</summary>
${item.frames.map((one) => frame(one.frame, one.index))}</details>
`;
  })}</div>${error.moreFrames > 0 && html`<p class="rs-note">… ${error.moreFrames} more frames</p>`}`;
}
function noStack(error) {
  return error.isError ? "This error has no stack: it was made without one, or its stack was removed." : "A value that is no error was thrown, so it carries no stack. Throw an Error to see where it came from.";
}
function frameDetails(view, frame, key, open, source) {
  const live = view.options.live?.has(key) === true;
  const pending = !live && view.options.pending?.has(key) === true;
  const state = live ? html` data-live` : pending ? html` data-pending` : NOTHING2;
  return html`<details class="rs-frame" data-frame="${key}" data-kind="${frame.kind}"${state}${open && html` open`}>
<summary>${frameSummary(view, frame)}</summary>
${openLink(view, frame)}${source}${compiledNote(view, frame)}${live && html`<div class="rs-console-slot" data-console="${key}"></div>`}</details>
`;
}
function openLink({ options }, { file, line, column, kind }) {
  if (options.editor === void 0 || file === void 0 || kind === "runtime") return NOTHING2;
  const url = editorLink(options.editor, { file, line, column }, options.paths);
  return url === void 0 ? NOTHING2 : html`<div class="rs-tools"><a class="rs-open" href="${url}">Open in editor</a></div>`;
}
function compiledNote({ report }, { compiled }) {
  if (compiled === void 0) return NOTHING2;
  const path = shownPath(compiled.file, report.runtime.cwd);
  return html`<p class="rs-note">Compiled: <code>${path}:${compiled.line}:${compiled.column}</code></p>`;
}
function frameSummary(view, frame) {
  const owner = frame.kind === "dependency" && html`<span class="rs-owner">${ownerOf(frame)}</span>`;
  return html`<span class="rs-function">${shownFunction(frame)}</span> <span class="rs-place">${place(view, frame)}</span>${owner}`;
}
function place(view, frame) {
  if (frame.file === void 0) return html`${frame.raw}`;
  const path = shownPath(frame.file, view.report.runtime.cwd);
  const slash = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1;
  const position = frame.line === void 0 ? "" : `:${frame.line}${frame.column === void 0 ? "" : `:${frame.column}`}`;
  return html`<span class="rs-folder">${path.slice(0, slash)}</span><span class="rs-file">${path.slice(slash)}</span>${position}`;
}

// ../page/src/report/html/hints.ts
function hintsPart(view) {
  const { hints = [] } = view.report;
  if (hints.length === 0) return NOTHING2;
  return html`<aside class="rs-hints" aria-label="Hints">${hints.map((hint) => hintCard(view, hint))}</aside>
`;
}
function hintCard({ report, primary, order }, hint) {
  const { change, command, links = [] } = hint;
  const isNear = hint.error === primary || hint.error === order[0];
  const other = isNear ? void 0 : report.errors[hint.error];
  const about = other !== void 0 && html`<p class="rs-note">About <a href="#rs-error-${hint.error}">${other.name}: ${stripAnsi(other.message).split("\n", 1)[0]?.slice(0, 120)}</a></p>`;
  return html`<div class="rs-hint" data-hint="${hint.name}">${about}<p class="rs-hint-title">${withCode(hint.title)}</p>
${paragraphs(hint.text)}${change !== void 0 && html`<pre class="rs-change" tabindex="0" aria-label="Suggested change"><del>- ${change.before.trim()}</del>
<ins>+ ${change.after.trim()}</ins></pre>`}${command !== void 0 && html`<p><code class="rs-command">${command}</code></p>`}${links.filter(({ url }) => /^https:\/\//.test(url)).map(
    ({ title, url }) => html`<p><a href="${url}" rel="noreferrer noopener" target="_blank">${title}</a></p>`
  )}</div>
`;
}
function paragraphs(text) {
  const [first = "", ...rest] = text.split("\n");
  const shown = rest.length > 0 && html`<pre tabindex="0" aria-label="The text">${rest.join("\n")}</pre>`;
  return html`<p>${withCode(first)}</p>${shown}`;
}
function withCode(text) {
  const parts = text.split("`");
  if (parts.length % 2 === 0) return html`${text}`;
  return html`${parts.map((part, index) => index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`)}`;
}

// ../page/src/report/html/view.ts
function viewOf(report, options, message) {
  const primary = primaryIndex(report);
  const wayOut = [];
  for (let at = deepestCause(report, primary); at !== void 0 && !wayOut.includes(at); ) {
    wayOut.push(at);
    at = report.errors[at]?.parent;
  }
  const others = report.errors.map((_error, index) => index).filter((index) => !wayOut.includes(index));
  const view = { report, options, primary, message, order: [...wayOut, ...others], wayOut: wayOut.length };
  return { ...view, withCode: framesWithCode(view) };
}
var MAX_SHOWN = 16;
var MAX_CODE = 30;
function shownErrors({ order, wayOut }) {
  const shown = order.slice(0, MAX_SHOWN);
  const reported = order[wayOut - 1];
  return reported === void 0 || shown.includes(reported) ? shown : [...shown.slice(0, -1), reported];
}
function framesWithCode(view) {
  const keys = new Set(view.options.live);
  const shown = shownErrors(view);
  const add = (error, frame) => {
    if (frame >= 0 && keys.size < MAX_CODE) keys.add(`${error}.${frame}`);
  };
  const frames = (error) => view.report.errors[error]?.frames ?? [];
  for (const [index] of frames(view.primary).entries()) add(view.primary, index);
  for (const error of shown) add(error, mainFrameIndex(frames(error)));
  for (const error of shown) for (const [index] of frames(error).entries()) add(error, index);
  return keys;
}
function deepestCause(report, from) {
  const next = causeOf(report.errors, from);
  return next === void 0 ? from : deepestCause(report, next);
}
function causeOf(errors, parent) {
  const next = errors.findIndex(
    (error, index) => index > parent && error.parent === parent && error.relation === "cause"
  );
  return next < 0 ? void 0 : next;
}
function primaryIndex({ errors }) {
  let best = 0;
  let at = 0;
  while (at !== void 0) {
    if (hasOwnFrame(errors[at])) best = at;
    at = causeOf(errors, at);
  }
  return best;
}
function hasOwnFrame(error) {
  if (error === void 0) return false;
  const main = error.frames[mainFrameIndex(error.frames)];
  return main?.kind === "app";
}

// ../page/src/report/html/sections.ts
function headerPart({ report, options }) {
  const { request } = report;
  const what = request ? html`<span class="rs-method">${request.method}</span> <span class="rs-url">${request.url}</span>` : html`<span class="rs-url">Error report</span>`;
  return html`<header class="rs-header">${options.banner !== void 0 && html`<p class="rs-banner">${options.banner}</p>`}
<p class="rs-request">${what}</p>
<div id="rs-toolbar"></div><div id="rs-status" role="status"></div></header>
<main class="rs-main">
`;
}
function infoPart(view) {
  const error = view.report.errors[view.primary];
  return html`<section class="rs-hero" aria-labelledby="rs-title">
<h1 id="rs-title"><span class="rs-name">${error.name}</span>${codeMark(error)}
${heroMessage(view, error.message)}</h1>
${because(view)}${causePath(view)}${hintsPart(view)}</section>
`;
}
function because(view) {
  const [root] = view.order;
  const error = root === void 0 || root === view.primary ? void 0 : view.report.errors[root];
  if (error === void 0 || firstLine(error.message) === "") return NOTHING2;
  return html`<p class="rs-because">because of <a href="#rs-error-${root}">${error.name}</a>: ${firstLine(error.message)}</p>
`;
}
var LONG_MESSAGE = 400;
function heroMessage(view, message) {
  if (message === "") return NOTHING2;
  const isLong = message.length > LONG_MESSAGE || message.split("\n").length > 5;
  const long = html` rs-long" tabindex="0`;
  const lines = message.includes("\n") && " rs-lines";
  return html`<span class="rs-message${isLong ? long : lines}">${view.message(message)}</span>`;
}
var codeMark = (error) => error.code !== void 0 && !error.message.includes(error.code) && html` <code class="rs-errorcode">${error.code}</code>`;
function causePath(view) {
  const { errors, moreErrors } = view.report;
  if (errors.length < 2) return NOTHING2;
  const leftOut = moreErrors + Math.max(0, errors.length - MAX_SHOWN);
  const item = (index) => {
    const current = index === view.primary && html` aria-current="true"`;
    return html`<li><a href="#rs-error-${index}"${current}><span class="rs-relation">${relationText2(view, index)}</span> ${errors[index]?.name}${errors[index]?.code !== void 0 && ` ${errors[index]?.code}`}</a></li>`;
  };
  const beside = view.order.slice(view.wayOut, MAX_SHOWN);
  return html`<nav class="rs-path" aria-label="Errors of the chain"><ol>${shorten2(
    view.order.slice(0, view.wayOut)
  ).map((index) => index === void 0 ? html`<li class="rs-note">…</li>` : item(index))}</ol>
${beside.length > 0 && html`<ul>${beside.map(item)}</ul>`}${leftOut > 0 && html`<p class="rs-note">and ${leftOut} more errors</p>`}</nav>`;
}
var LONG_WAY = 7;
function shorten2(way) {
  return way.length <= LONG_WAY ? way : [...way.slice(0, 4), void 0, ...way.slice(-2)];
}
function relationText2({ report }, index) {
  const error = report.errors[index];
  if (error.relation === "member") return `${error.member?.number ?? 0} of ${error.member?.of ?? 0}`;
  if (error.relation === "suppressed") return "Suppressed";
  const isCut = report.moreErrors > 0 && index === report.errors.length - 1;
  const hasCause = isCut || report.errors.some((other) => other.parent === index && other.relation === "cause");
  if (error.relation === "reported") return "Reported";
  return hasCause ? "Wrapped" : "Root cause";
}
function stackPart(view, draw) {
  const error = view.report.errors[view.primary];
  return html`<section class="rs-error" id="rs-error-${view.primary}" aria-labelledby="rs-stack-title">
<h2 id="rs-stack-title" class="rs-label">Stack</h2>
${frameList(view, error, view.primary, draw)}${propertyTable(error.properties)}</section>
`;
}
function causePart(view, draw) {
  const rest = shownErrors(view).filter((index) => index !== view.primary);
  if (rest.length === 0) return NOTHING2;
  return html`<section aria-labelledby="rs-chain-title"><h2 id="rs-chain-title" class="rs-label">Other errors of the chain</h2>
${rest.map((index) => {
    const error = view.report.errors[index];
    return html`<details class="rs-error rs-other"><summary><span class="rs-relation">${relationText2(view, index)}</span> <span class="rs-name">${error.name}</span>${codeMark(error)} <span class="rs-brief">${firstLine(error.message)}</span></summary>
<div id="rs-error-${index}">${error.message !== "" && html`<p class="rs-message">${view.message(error.message)}</p>`}
${frameList(view, error, index, draw)}${propertyTable(error.properties)}</div></details>
`;
  })}</section>
`;
}
var firstLine = (message) => stripAnsi(message).split("\n", 1)[0]?.slice(0, 200) ?? "";
function propertyTable(entries) {
  if (entries.length === 0) return NOTHING2;
  return html`<table class="rs-table"><caption>Properties</caption><tbody>${entries.map(
    (entry) => html`<tr><th scope="row">${entry.key}</th><td>${valueMarkup(entry)}</td></tr>
`
  )}</tbody></table>`;
}
function valueMarkup({ value }) {
  if (value.entries === void 0 || value.entries.length === 0) {
    return html`<code class="rs-value" data-type="${value.type}">${value.text}</code>`;
  }
  return html`<details class="rs-object"><summary><code>${value.text}</code></summary><ul>${value.entries.map(
    (entry) => html`<li><span class="rs-key">${entry.key}</span> ${valueMarkup(entry)}</li>`
  )}${value.more !== void 0 && html`<li class="rs-note">… ${value.more} more</li>`}</ul></details>`;
}

// ../page/src/report/html/page.ts
function plainPage(view) {
  const draw = (error, frame) => sourceOf(view, error, frame);
  const groups = metadataGroups(view.report);
  const body = html`${headerPart(view)}${infoPart(view)}${stackPart(view, draw)}${causePart(view, draw)}${metadataPart(view, groups)}${textPart(view)}`;
  return layoutPart(view, body).text;
}
function sourceOf(view, error, frame) {
  const found = view.report.errors[error]?.frames[frame];
  if (found === void 0) return NOTHING2;
  if (found.source !== void 0 && !view.withCode.has(`${error}.${frame}`)) {
    return html`<p class="rs-note">Its code is left out to keep the page small.</p>`;
  }
  if (found.source !== void 0) return frameCode(found, found.source);
  return html`<p class="rs-note">${found.kind === "runtime" ? "Part of the runtime." : "The source is not readable."} <code>${found.raw}</code></p>`;
}

// ../page/src/report/html/youch-page.ts
var KEY2 = /^\/frames\/(\d{1,4})\/(\d{1,4})$/;
var pipeline = shared("report.youch", () => ({ asked: false }));
var LOAD_AFTER_MS = 300;
function loadedYouch() {
  if (!pipeline.asked) {
    pipeline.asked = true;
    setTimeout(() => void loadYouch().catch(() => {
    }), LOAD_AFTER_MS).unref();
  }
  return pipeline.module;
}
async function loadYouch() {
  pipeline.module ??= await import("youch");
  return pipeline.module;
}
async function youchPage(view, module) {
  const youch = new module.Youch();
  let parsed = false;
  youch.useParser(() => standIn(view)).defineSourceLoader((frame) => contentsOf(view, frame)).useTransformer((error) => {
    parsed = error.name === STAND_IN;
  });
  for (const group of metadataGroups(view.report)) youch.metadata.group(group.name, toSections(group));
  useComponents(youch, module.BaseComponent, view);
  const page = await youch.toHTML(void 0, {
    title: "Error",
    ...view.options.nonce === void 0 ? {} : { cspNonce: view.options.nonce }
  });
  if (!parsed || !page.endsWith("</html>\n")) throw new Error("youch gave no page");
  return page;
}
var STAND_IN = "ReportedError";
function standIn({ report, withCode: withCode2 }) {
  const lines = [];
  for (const key of withCode2) {
    const [error2 = 0, frame = 0] = key.split(".").map(Number);
    const source = report.errors[error2]?.frames[frame]?.source;
    if (source === void 0 || isDrawn(source)) continue;
    lines.push(`    at frame (/frames/${error2}/${frame}:${source.line - source.startLine + 1}:1)`);
  }
  const error = new Error("");
  error.name = STAND_IN;
  error.stack = [STAND_IN, ...lines].join("\n");
  return error;
}
function keyOf(frame) {
  const match = KEY2.exec(frame.fileName ?? "");
  return match === null ? void 0 : [Number(match[1]), Number(match[2])];
}
function contentsOf({ report }, frame) {
  const key = keyOf(frame);
  const source = key && report.errors[key[0]]?.frames[key[1]]?.source;
  return source && { contents: source.lines.join("\n") };
}
function toSections(group) {
  return Object.fromEntries(
    group.sections.map((section) => [section.name, section.rows.map(([key, value]) => ({ key, value }))])
  );
}
function useComponents(youch, Base, view) {
  const use = (name, draw) => {
    class Component extends Base {
      async toHTML(props) {
        return (await draw(props)).text;
      }
      async toANSI() {
        return "";
      }
    }
    youch.templates.use(name, new Component(false));
  };
  const sources = /* @__PURE__ */ new Map();
  const drawn = (error, frame) => sources.get(`${error}.${frame}`) ?? sourceOf(view, error, frame);
  use("layout", async (props) => layoutPart(view, trusted2(await props.children())));
  use("header", () => headerPart(view));
  use("errorInfo", () => infoPart(view));
  use("errorStackSource", (props) => sourceMarkup(view, props));
  use("errorStack", async ({ error, sourceCodeRenderer }) => {
    await drawSources(error, sourceCodeRenderer, sources);
    return stackPart(view, drawn);
  });
  use("errorCause", () => causePart(view, drawn));
  use(
    "errorMetadata",
    ({ metadata }) => html`${metadataPart(view, fromGroups(metadata.toJSON()))}${textPart(view)}`
  );
}
async function drawSources(error, render, sources) {
  for (const frame of error.frames) {
    const key = keyOf(frame);
    if (key !== void 0) sources.set(key.join("."), trusted2(await render(error, frame)));
  }
}
function sourceMarkup(view, { frame }) {
  const key = keyOf(frame);
  if (key === void 0) return NOTHING2;
  const found = view.report.errors[key[0]]?.frames[key[1]];
  const chunks = frame.source;
  if (found?.source === void 0 || chunks === void 0 || chunks.length === 0)
    return sourceOf(view, ...key);
  const { lines, startLine } = found.source;
  const isWhole = chunks.length === lines.length && chunks.every(({ chunk }, at) => chunk === lines[at]);
  if (isWhole) return frameCode(found, found.source);
  return frameCode(found, {
    ...found.source,
    startLine: startLine + (chunks[0]?.lineNumber ?? 1) - 1,
    lines: chunks.map(({ chunk }) => chunk)
  });
}
function fromGroups(groups) {
  return Object.entries(groups).map(([name, sections]) => ({
    name,
    sections: Object.entries(sections).map(([section, rows]) => ({
      name: section,
      rows: [rows].flat().map((row) => [row.key, String(row.value)])
    }))
  }));
}

// ../page/src/report/render-html.ts
async function renderHtml(report, options = {}) {
  try {
    const view = viewOf(report, options, await loadMessageMarkup(report));
    const youch = loadedYouch();
    return youch === void 0 ? plainPage(view) : await youchPage(view, youch).catch(() => plainPage(view));
  } catch {
    return lastResortPage(report);
  }
}
export {
  buildReport,
  loadMessageMarkup,
  plainPage,
  renderHtml,
  viewOf
};
