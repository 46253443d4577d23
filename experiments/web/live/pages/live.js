"use strict";
/* The live scenario: all weeks of a run are fetched at once; the page shows them one after the other.
   Whatever comes from the server is put into the page as text. */

const COLOURS = ["#0072B2", "#56B4E9", "#009E73", "#F0E442", "#BBBBBB", "#E69F00", "#D55E00", "#CC79A7", "#000000"];
const REST = "#6b6b6b"; // what is too small to have a curve of its own, or has no colour left
const NUMBER = "#D55E00", WORTH = "#0072B2"; // and of the status: as it is told, and as it is
const TRUST = "#009E73", DEBT = "#9a3d00", WAITING = "#0072B2";
const DEPARTMENTS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];
const CURVES = 6; // activities that have one
const NEWS = 5; // lines of news
const LETTERS = [60, 20, 14]; // of a line of a name beside a curve, the most for which there is room
const SEED = 1;
const at = id => document.getElementById(id);

const state = {
  offered: null, // stories, schemes, interventions
  asked: null, // scenario, scheme, seed, run, changes
  base: null, // the run without changes
  now: null, // the run as it is shown
  week: 0, // from 0
  timer: null,
  truth: false,
};

/* --- making things */

function filled(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") node.onclick = value;
    else if (key === "style") Object.assign(node.style, value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value);
  }
  node.append(...children.filter(child => child !== null));
  return node;
}
const make = (tag, attributes = {}, ...children) => filled(document.createElement(tag), attributes, children);
const drawn = (tag, attributes = {}, ...children) =>
  filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

const capital = text => text.charAt(0).toUpperCase() + text.slice(1);
const percent = share => `${Math.round(100 * share)}\u00a0%`;
const digits = x => (Math.abs(x) < 10 ? x.toFixed(1) : String(Math.round(x)));
const counted = (n, one, many) => `${n} ${n === 1 ? one : many}`;
const listed = words => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`);
const colour = k => COLOURS[k] ?? REST;
const twin = () => (state.now === state.base ? null : state.base);
const beside = text => (twin() ? ` (twin ${text()})` : "");

/* --- asking */

async function ask(address, content) {
  const options = content && {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content),
  };
  try {
    const answer = await fetch(address, options);
    return await answer.json();
  } catch {
    return { ok: false, why: "The server does not answer. Is it still running?" };
  }
}

function say(text) {
  at("said").textContent = text;
}

/** Show a run; return what is in the way, if something is. */
async function show(asked, week) {
  say("One moment …");
  const same = state.asked && ["scenario", "scheme", "seed", "run"].every(k => state.asked[k] === asked[k]);
  const plain = { ...asked, changes: [] };
  const base = same ? state.base : await ask("frames", plain);
  const now = base.ok && asked.changes.length ? await ask("frames", asked) : base;
  say("");
  if (!now.ok) return now.why;
  Object.assign(state, { asked, base, now, week: Math.min(week, now.weeks - 1) });
  if (!same) state.truth = false;
  location.replace(`#${written(asked)}`);
  build();
  paint();
  return null;
}

/* The address says what is shown, so that a page that is opened again shows it again. */
function written({ scenario, scheme, seed, run, changes }) {
  const words = new URLSearchParams({ scenario, seed, run });
  if (scheme) words.set("scheme", scheme);
  for (const each of changes) {
    const kind = "scheme" in each ? "scheme" : "intervention";
    words.append("change", `${each.week} ${kind} ${each[kind]}`);
  }
  return words.toString();
}

function read(hash) {
  const words = new URLSearchParams(hash.replace(/^#/, ""));
  if (!words.get("scenario")) return null;
  const changes = words.getAll("change").map(text => {
    const [week, kind, name] = text.split(" ");
    return { week: Number(week), [kind]: name };
  });
  const asked = { scenario: words.get("scenario"), seed: Number(words.get("seed") ?? SEED),
    run: Number(words.get("run") ?? 0), changes };
  if (words.get("scheme")) asked.scheme = words.get("scheme");
  return asked;
}

/* --- which story */

function stories() {
  const wanted = at("search").value.trim().toLowerCase();
  const found = state.offered.stories.filter(each =>
    [each.plain, each.story, each.question].some(text => text.toLowerCase().includes(wanted)));
  at("none").hidden = found.length > 0;
  at("stories").replaceChildren(...found.map(each =>
    make("li", {}, make("button", { type: "button", onclick: () => tell(each) },
      make("b", {}, capital(each.plain)), each.question))));
}

function others() {
  pause();
  at("stage").hidden = true;
  at("choose").hidden = false;
  at("search").focus();
}

function tell(each) {
  pause();
  const asked = state.asked?.scenario === each.name ? state.asked : null;
  at("told").dataset.name = each.name;
  at("told-title").textContent = capital(each.plain);
  at("told-story").textContent = each.story;
  at("told-question").textContent = each.question;
  at("told-watch").textContent = each.watch && `Watch: ${each.watch}`;
  at("start-scheme").replaceChildren(make("option", { value: "" }, "as in the story"), ...schemes());
  at("start-scheme").value = asked?.scheme ?? "";
  at("luck").value = asked?.run ?? 0;
  trouble("told", null);
  at("told").showModal();
}

const schemes = () => state.offered.schemes.map(each =>
  make("option", { value: each.name }, each.plain + (each.benchmark ? " (to compare with)" : "")));

function trouble(dialog, why) {
  at(`${dialog}-trouble`).textContent = why ?? "";
  at(`${dialog}-trouble`).hidden = !why;
}

async function begin(event) {
  event.preventDefault();
  const asked = { scenario: at("told").dataset.name, seed: SEED, run: Number(at("luck").value), changes: [] };
  if (at("start-scheme").value) asked.scheme = at("start-scheme").value;
  const why = await show(asked, 0);
  trouble("told", why);
  if (why) return;
  at("told").close();
  at("play").focus();
}

/* --- the stage */

const panels = []; // of what is shown: title, what it draws, and where

function build() {
  const now = state.now;
  at("choose").hidden = true;
  at("stage").hidden = false;
  document.title = `${capital(now.story.plain)} · Crosspurpose`;
  at("title").textContent = capital(now.story.plain);
  at("week").max = now.weeks;
  at("altered").hidden = !now.changes.length;
  at("altered").replaceChildren(...now.changes.map(each => `From week ${each.week + 1}: ${each.plain}. `),
    drawn("svg", { viewBox: "0 0 48 8", "aria-hidden": "true" },
      drawn("line", { x1: 0, x2: 48, y1: 4, y2: 4, stroke: "#222", "stroke-width": 3, "stroke-dasharray": "8 6" })),
    " the twin: same people, same luck, no change.",
    now.changes.length && idle() ? " Nothing comes of it: both are the same in every week." : "");
  at("cards").replaceChildren(...now.people.map((person, i) => card(person, i)));
  panels.length = 0;
  add("Where the time goes", efforts);
  add("The number, and what it is worth", numbers);
  if (now.knowledge) add("Who knows which part", knowledge);
  if (now.debt) add("What is owed, and what waits", debts);
  if (now.status || now.sponsor) add("What the top is told", toTheTop);
  if (now.departments) add("What the departments get", departments);
  at("panels").replaceChildren(...panels.map(each => each.node));
  at("panels").classList.toggle("many", panels.length > 4);
}

/** Whether what is changed makes no difference. */
function idle() {
  const told = run => JSON.stringify([run.each, run.score, run.worth, run.debt, run.incidents, run.knowledge,
    run.status, run.sponsor, run.departments]);
  return told(state.now) === told(state.base);
}

function add(title, draw) {
  const sentence = make("p"), picture = make("div");
  const node = make("section", { class: "panel", "aria-label": title }, make("h2", {}, title), sentence, picture);
  panels.push({ title, draw, sentence, picture, node });
}

function card(person, i) {
  const intervenes = person.name === state.now.intervener ? ", steps in" : "";
  return make("li", {}, make("button", { type: "button", class: "card", onclick: () => explain(i) },
    make("span", { class: "who" }, make("b", {}, person.name), make("span", { class: "mark" })),
    make("span", { class: "wants" }, person.motive + intervenes),
    make("span", { class: "bar" }), make("span", { class: "most" })));
}

function paint() {
  const { now, week } = state;
  const rule = now.schemes.filter(each => each.week <= week).at(-1);
  at("clock").textContent = `Week ${week + 1} of ${now.weeks}`;
  at("rule").textContent = rule.sentence;
  at("week").value = week + 1;
  at("week").setAttribute("aria-valuetext", `week ${week + 1} of ${now.weeks}`);
  at("back").disabled = at("first").disabled = week === 0;
  at("step").disabled = week === now.weeks - 1;
  at("truth").setAttribute("aria-pressed", state.truth);
  at("truth").textContent = state.truth ? "Hide what was true" : "Show what was true";
  const most = Math.max(...now.each.flat().map(total));
  [...at("cards").children].forEach((item, i) => recard(item.firstChild, i, most));
  news();
  for (const panel of panels) repaint(panel);
}

const total = week => week.reduce((sum, x) => sum + x, 0);
const largest = week => week.indexOf(Math.max(...week));

function recard(node, i, most) {
  const { now, week } = state, own = now.each[week][i], k = largest(own), person = now.people[i];
  const part = name => node.querySelector(`.${name}`);
  part("bar").replaceChildren(...own.map((share, j) =>
    make("i", { style: { width: `${100 * share / most}%`, background: colour(j) } })));
  part("most").textContent = `${now.activities[k]} ${percent(own[k])}`;
  const since = now.newcomers[i].filter(t => t <= week).at(-1) ?? 0;
  const rose = now.rises[i].filter(t => t >= since && t <= week).length;
  const marks = [person.role, since && "new", rose && `rose ${rose}×`];
  part("mark").textContent = marks.filter(text => text).join(", ");
  const told = [person.role, `wants most: ${person.motive}`, `does most: ${part("most").textContent}`,
    since && `somebody new since week ${since + 1}`, rose && `rose ${counted(rose, "time", "times")}`, "ask why"];
  node.setAttribute("aria-label", [person.name, ...told.filter(text => text)].join(", "));
}

function news() {
  const lines = [];
  for (let t = state.week; t >= 0 && lines.length < NEWS; t--)
    for (const text of state.now.news[t]) lines.push(make("li", {}, make("b", {}, `Week ${t + 1}. `), text));
  at("news").replaceChildren(...(lines.length ? lines.slice(0, NEWS) : [make("li", {}, "Nothing yet.")]));
}

function repaint(panel) {
  const { sentence, rows, map } = panel.draw();
  panel.sentence.textContent = sentence;
  const svg = map ? grid(panel.picture, map) : chart(panel.picture, rows);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${panel.title}. ${sentence}`);
  panel.picture.replaceChildren(svg);
}

/* --- what the panels say and show */

function efforts() {
  const { now, week } = state, other = twin(), names = now.activities;
  const order = names.map((_, k) => k).sort((a, b) => peak(b) - peak(a));
  const chosen = order.slice(0, order.length > CURVES + 1 ? CURVES : order.length).sort((a, b) => a - b);
  const rest = order.filter(k => !chosen.includes(k));
  const line = (name, colour, values) => {
    const mine = values(now);
    return { colour, values: mine, twin: other && values(other), says: `${name} ${percent(mine[week])}` };
  };
  const lines = chosen.map(k => line(names[k], colour(k), run => run.effort.map(x => x[k])));
  if (rest.length) lines.push(line("all the rest", REST, run => run.effort.map(x => total(rest.map(k => x[k])))));
  const most = run => largest(run.effort[week]), share = run => percent(run.effort[week][most(run)]);
  const others = beside(() => (most(now) === most(other) ? share(other) : `${names[most(other)]} ${share(other)}`));
  const second = largest(now.effort[week].map((x, k) => (k === most(now) ? -1 : x)));
  return {
    sentence: `Most goes into ${names[most(now)]} ${share(now)}${others}, then ${names[second]}.`,
    rows: [{ lines, low: 0, high: Math.max(...lines.flatMap(l => [...l.values, ...(l.twin ?? [])])), unit: percent }],
  };
}

const peak = k => Math.max(...[state.base, state.now].flatMap(run => run.effort.map(x => x[k])));

function numbers() {
  const { now, week, truth } = state, other = twin();
  const row = (name, colour, kind) => {
    const says = `${name} ${rounded(now[kind][week])}`;
    const lines = [{ colour, values: now[kind], twin: other?.[kind], says, heavy: true }];
    return { lines, ...reach(lines, 100), breaks: kind === "points" };
  };
  const rows = [row("the number", NUMBER, "points"), ...(truth ? [row("the worth", WORTH, "use")] : [])];
  const both = kind => rounded(now[kind][week]) + beside(() => rounded(other[kind][week]));
  const number = now.points[week] === null ? "Nobody has a number" : `The number is ${both("points")}`;
  const worth = truth ? `the worth ${both("use")}` : "the worth is hidden";
  return { sentence: `${number}, ${worth}. 100 is a usual week.`, rows };
}

const rounded = x => (x === null ? "nothing" : String(Math.round(x)));

/** The scale of some lines; it holds 0 and `least`, and is the same all along. */
function reach(lines, least) {
  const values = lines.flatMap(line => [...line.values, ...(line.twin ?? [])]).filter(x => x !== null);
  return { low: Math.min(0, ...values), high: Math.max(least, ...values), unit: x => String(Math.round(x)) };
}

function debts() {
  const { now, week } = state, other = twin();
  const row = (name, colour, kind) => {
    const says = `${name} ${digits(now[kind][week])}`;
    const lines = [{ colour, values: now[kind], twin: other?.[kind], says, heavy: true }];
    return { lines, ...reach(lines, 1), unit: String };
  };
  const rows = [{ ...row("owed", DEBT, "debt"), crosses: now.incidents }];
  if (now.backlog) rows.push(row("waiting", WAITING, "backlog"));
  const both = kind => digits(now[kind][week]) + beside(() => digits(other[kind][week]));
  const waits = now.backlog ? ` Waiting work: ${both("backlog")}.` : "";
  const broken = now.incidents ? ` Broken so far (×): ${total(now.incidents.slice(0, week + 1))}.` : "";
  return { sentence: `Owed repair: ${both("debt")} weeks each.${waits}${broken}`, rows };
}

function toTheTop() {
  const { now, week, truth } = state, other = twin(), rows = [], parts = [];
  const said = x => (x ? "red" : "green");
  const row = (word, kind, colour) => rows.push({
    lines: [{ colour, values: now.status[kind], twin: other?.status[kind],
      says: `${word}: ${said(now.status[kind][week])}` }],
    low: 0, high: 1, ticks: [[0, "green"], [1, "red"]], steps: true,
  });
  if (now.status) {
    const { reported, true: real, hidden } = now.status;
    row("told", "reported", NUMBER);
    parts.push(`Told: ${said(reported[week])}${beside(() => said(other.status.reported[week]))}.`);
    if (truth) {
      row("true", "true", WORTH);
      parts.push(`Truly: ${said(real[week])}${hidden[week] ? ", with a problem that the top does not know of" : ""}.`);
    }
  }
  if (now.sponsor) {
    const { confidence, threshold, alive } = now.sponsor;
    const trust = run => (run.sponsor.alive[week] ? percent(run.sponsor.confidence[week]) : "project stopped");
    rows.push({
      lines: [{ colour: TRUST, values: confidence, twin: other?.sponsor.confidence,
        says: alive[week] ? `trust ${trust(now)}` : "stopped", heavy: true }],
      low: 0, high: 1, unit: percent, ground: threshold,
    });
    parts.push(`Sponsor’s trust: ${trust(now)}${beside(() => trust(other))}, below ${percent(threshold)} it stops.`);
  }
  return { sentence: parts.join(" "), rows };
}

function departments() {
  const { now, week } = state, other = twin();
  const lines = now.departments.map((each, i) => ({
    colour: DEPARTMENTS[i % DEPARTMENTS.length], values: each.met, twin: other?.departments[i].met,
    says: `${each.name} ${percent(each.met[week])}`, heavy: true,
  }));
  const blocking = now.departments.filter(each => each.blocks[week]).map(each => each.name);
  const held = now.departments[0].met.map((_, t) => now.departments.some(each => each.blocks[t]));
  const who = blocking.length ? capital(listed(blocking)) : "Nobody";
  const blocks = `${who} ${blocking.length > 1 ? "hold" : "holds"} up the common work`;
  const mean = run => percent(total(run.departments.map(each => each.met[week])) / run.departments.length);
  return {
    sentence: `Needs met: ${mean(now)}${beside(() => mean(other))}. ${blocks} (×: somebody does).`,
    rows: [{ lines, ...reach(lines, 0.2), unit: percent, crosses: held }],
  };
}

function knowledge() {
  const { now, week } = state, levels = now.knowledge.of[week], knows = now.knowledge.knows;
  const carriers = levels[0].map((_, part) => levels.filter(own => own[part] >= knows).length);
  const nobody = carriers.filter(n => n === 0).length, alone = carriers.filter(n => n === 1).length;
  const fewer = run => run.knowledge.of[week][0].filter((_, part) =>
    run.knowledge.of[week].filter(own => own[part] >= knows).length < 2).length;
  return {
    sentence: `Of ${carriers.length} parts ${nobody} are known by nobody, ${alone} by one person only`
      + `${beside(() => `${fewer(twin())} by one or none`)}.`,
    map: { levels, knows, carriers },
  };
}

/* --- pictures */

/** Return the most round numbers from low to high that are no more than so many. */
function ticks(low, high, most) {
  const power = 10 ** Math.floor(Math.log10((high - low) / most));
  const numbers = step => {
    const first = Math.ceil(low / step), last = Math.floor(high / step + 1e-6);
    return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(6)));
  };
  return [1, 2, 5, 10, 20, 50].map(x => numbers(x * power)).find(found => found.length <= most);
}

/** Break a text into lines of at most so many letters. */
function folded(text, most) {
  const lines = [];
  for (const word of text.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && longer.length <= most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Draw curves over the weeks, in rows that have a scale each.

    A row: lines, low, high, unit (number → text) or ticks ([number, text]), steps, crosses (per week), ground.
    A line: values and twin (per week, null where there is none), colour, says, heavy. */
function chart(host, rows) {
  const em = parseFloat(getComputedStyle(host).fontSize) * 0.95, wide = host.clientWidth, high = host.clientHeight;
  const svg = drawn("svg", { viewBox: `0 0 ${wide} ${high}` });
  const says = rows.flatMap(row => row.lines.map(line => line.says));
  const longest = letters => Math.max(...says.flatMap(text => folded(text, letters).map(part => part.length)));
  const room = letters => (0.56 * longest(letters) + 1.4) * em;
  const most = LETTERS.find(letters => room(letters) < 0.5 * wide) ?? LETTERS.at(-1);
  const left = 3.4 * em, right = wide - room(most), foot = high - 1.5 * em;
  const x = t => left + (right - left) * t / (state.now.weeks - 1);
  const each = foot / rows.length;
  rows.forEach((row, i) => {
    const ceiling = i * each + 0.8 * em, floor = (i + 1) * each - 0.5 * em;
    const y = value => floor - (floor - ceiling) * (value - row.low) / (row.high - row.low || 1);
    scale(svg, row, { left, right, y, few: Math.max(2, Math.min(5, Math.floor((floor - ceiling) / (2 * em)) + 1)) });
    crosses(svg, row, x, floor, em);
    const labels = row.lines.map(line => curve(svg, line, row, x, y, em)).filter(label => label);
    name(svg, labels, most, em, i * each, (i + 1) * each);
  });
  calendar(svg, x, foot, em);
  return svg;
}

function scale(svg, row, { left, right, y, few }) {
  const marks = row.ticks ?? ticks(row.low, row.high, few).map(value => [value, row.unit(value)]);
  for (const [value, text] of marks)
    svg.append(drawn("line", { class: "grid", x1: left, x2: right, y1: y(value), y2: y(value) }),
      drawn("text", { class: "tick", x: left - 6, y: y(value), "text-anchor": "end" }, text));
  if (row.ground !== undefined)
    svg.append(drawn("line", { class: "changed", x1: left, x2: right, y1: y(row.ground), y2: y(row.ground) }));
}

function crosses(svg, row, x, floor, em) {
  const size = 0.4 * em;
  (row.crosses ?? []).slice(0, state.week + 1).forEach((n, t) => {
    const d = `M${x(t) - size / 2} ${floor - size}l${size} ${size}m0 ${-size}l${-size} ${size}`;
    if (n) svg.append(drawn("path", { d, stroke: "#222", "stroke-width": 1.5, class: "curve" }));
  });
}

/** Draw a line up to this week, its twin dashed; return where its name belongs. */
function curve(svg, line, row, x, y, em) {
  const { week, now } = state, width = (line.heavy ? 0.24 : 0.18) * em;
  const breaks = row.breaks ? now.schemes.slice(1).map(each => each.week) : [];
  const own = path(line.values, 0, x, y, row.steps, breaks);
  if (line.colour === "#F0E442" || line.colour === "#BBBBBB")
    svg.append(drawn("path", { d: own, class: "curve", stroke: "#555", "stroke-width": width + 2 }));
  if (line.twin) {
    const since = Math.max(0, Math.min(...now.changes.map(each => each.week)) - 1);
    svg.append(drawn("path", { d: path(line.twin, since, x, y, row.steps, []), class: "curve twin", stroke: line.colour,
      "stroke-width": 0.8 * width, "stroke-dasharray": `${0.5 * em} ${0.4 * em}` }));
  }
  svg.append(drawn("path", { d: own, class: "curve own", stroke: line.colour, "stroke-width": width }));
  const value = line.values[week];
  if (value === null) return null;
  svg.append(drawn("circle", { cx: x(week), cy: y(value), r: 0.3 * em, fill: line.colour, stroke: "#444" }));
  return { x: x(week), y: y(value), text: line.says };
}

function path(values, since, x, y, steps, breaks) {
  let text = "", down = false;
  for (let t = since; t <= state.week; t++) {
    const value = values[t];
    if (value === null) { down = false; continue; }
    if (!down || breaks.includes(t)) text += `M${x(t).toFixed(1)} ${y(value).toFixed(1)}`;
    else text += `${steps ? `H${x(t).toFixed(1)}V` : `L${x(t).toFixed(1)} `}${y(value).toFixed(1)}`;
    down = true;
  }
  return text;
}

/** Write names beside the ends of lines, apart from each other; where there is no room for all, of the highest. */
function name(svg, labels, most, em, ceiling, floor) {
  const line = 1.1 * em, tall = label => label.lines.length * line;
  labels.sort((a, b) => a.y - b.y);
  for (const label of labels) label.lines = folded(label.text, most);
  while (total(labels.map(tall)) > floor - ceiling && labels.length > 1) labels.pop();
  labels.forEach((label, i) => { // each begins below the one before it
    label.top = Math.max(label.y - tall(label) / 2, i ? labels[i - 1].top + tall(labels[i - 1]) : ceiling);
  });
  let end = floor;
  for (const label of [...labels].reverse()) {
    label.top = Math.min(label.top, end - tall(label));
    end = label.top;
  }
  for (const { x, y, top, lines } of labels) {
    const middle = top + lines.length * line / 2;
    if (Math.abs(middle - y) > 0.4 * em)
      svg.append(drawn("path", { class: "leader", d: `M${x + 0.4 * em} ${y}L${x + 0.9 * em} ${middle}` }));
    lines.forEach((text, i) => svg.append(drawn("text", { x: x + 1.1 * em, y: top + (i + 0.5) * line }, text)));
  }
}

/** Number the weeks below, and mark those from which on something is changed. */
function calendar(svg, x, foot, em) {
  const { weeks, changes } = state.now, few = Math.max(2, Math.floor((x(weeks - 1) - x(0)) / (5 * em)));
  svg.append(drawn("line", { class: "axis", x1: x(0), x2: x(weeks - 1), y1: foot, y2: foot }));
  const marks = [1, ...ticks(0, weeks, few).filter(t => t > 0.08 * weeks)];
  for (const mark of marks)
    svg.append(drawn("text", { class: "tick", x: x(mark - 1), y: foot + 0.8 * em, "text-anchor": "middle" },
      mark === 1 ? "week 1" : String(mark)));
  for (const { week } of changes)
    svg.append(drawn("line", { class: "changed", x1: x(week), x2: x(week), y1: 0, y2: foot }));
}

/** Draw who knows what: a row for each person, a column for each part; a dot for who knows enough. */
function grid(host, { levels, knows, carriers }) {
  const em = parseFloat(getComputedStyle(host).fontSize) * 0.95, wide = host.clientWidth, high = host.clientHeight;
  const svg = drawn("svg", { viewBox: `0 0 ${wide} ${high}` });
  const names = state.now.people.map(person => person.name);
  const left = (0.6 + 0.55 * Math.max(10, ...names.map(n => n.length))) * em;
  const step = (wide - left) / carriers.length, tall = (high - 0.4 * em) / (names.length + 1);
  const size = Math.min(em, 0.95 * tall), dot = Math.min(0.25 * em, 0.3 * step, 0.3 * tall);
  names.forEach((who, i) => {
    const middle = (i + 0.5) * tall;
    svg.append(drawn("text", { x: left - 0.5 * em, y: middle, "text-anchor": "end", "font-size": size }, who));
    levels[i].forEach((level, part) => {
      svg.append(drawn("rect", { x: left + part * step + 0.5, y: i * tall + 0.5, width: step - 1, height: tall - 1,
        fill: shade(level / 100), stroke: "#d5d5d5" }));
      if (level >= knows)
        svg.append(drawn("circle",
          { cx: left + (part + 0.5) * step, cy: middle, r: dot, fill: "#fff", stroke: "#222" }));
    });
  });
  const below = (names.length + 0.5) * tall + 0.3 * em;
  svg.append(drawn("text", { x: left - 0.5 * em, y: below, "text-anchor": "end", "font-size": size }, "who knows"));
  carriers.forEach((n, part) => svg.append(drawn("text", { x: left + (part + 0.5) * step, y: below,
    "text-anchor": "middle", "font-size": Math.min(size, 1.5 * step), "font-weight": n < 2 ? 700 : 400 }, String(n))));
  return svg;
}

/** White for nothing, the deepest blue for all. */
const shade = share => `rgb(${[0, 114, 178].map(c => Math.round(255 - (255 - c) * share)).join(" ")})`;

/* --- going through the weeks */

function go(week) {
  state.week = Math.max(0, Math.min(state.now.weeks - 1, week));
  if (state.week === state.now.weeks - 1) pause();
  paint();
}

function pause() {
  clearInterval(state.timer);
  state.timer = null;
  at("play").textContent = "Play";
}

function play() {
  if (state.timer) return pause();
  if (state.week === state.now.weeks - 1) state.week = 0;
  at("play").textContent = "Pause";
  state.timer = setInterval(() => go(state.week + 1), 1000 / Number(at("speed").value));
}

function typed(event) {
  const open = document.querySelector("dialog[open]"), busy = event.target.closest("select, input, button, a");
  if (open || at("stage").hidden || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === " " && !busy) { event.preventDefault(); play(); }
  const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (way && !event.target.closest("select, input")) { event.preventDefault(); pause(); go(state.week + way); }
}

/* --- why */

async function explain(i) {
  pause();
  const { now, week, asked } = state, person = now.people[i], own = now.each[week][i];
  at("why-title").textContent = `Why? ${person.name}, week ${week + 1}`;
  at("why-wants").textContent = `Wants most: ${person.motive}.`;
  const order = own.map((_, k) => k).filter(k => own[k] >= 0.005).sort((a, b) => own[b] - own[a]);
  at("why-hours").replaceChildren(...order.map(k => make("li", {}, make("span", {}, now.activities[k]),
    make("i", { style: { width: `${100 * own[k] / own[order[0]]}%`, background: colour(k) } }),
    make("span", {}, percent(own[k])))));
  at("why-says").replaceChildren(make("p", {}, "One moment …"));
  at("why").showModal();
  const opened = at("why-title").textContent;
  const answer = await ask("why", { ...asked, week, member: person.name });
  if (at("why-title").textContent !== opened) return; // somebody else is asked about by now
  const lines = answer.ok ? answer.why : [answer.why];
  at("why-says").replaceChildren(...lines.map(text => make("p", {}, text)));
}

/* --- changing something */

function alter() {
  pause();
  const week = Math.min(state.week + 1, state.now.weeks - 1);
  at("change").dataset.week = week;
  at("change-title").textContent = `Change something from week ${week + 1} on`;
  const choose = make("option", { value: "" }, "choose …");
  at("new-scheme").replaceChildren(choose, ...schemes());
  const possible = each => !state.base.refused[each.name];
  const option = each => make("option", { value: each.name }, each.plain);
  const all = state.offered.interventions, rest = all.filter(each => !possible(each)).map(option);
  at("new-intervention").replaceChildren(choose.cloneNode(true), ...all.filter(possible).map(option),
    ...(rest.length ? [make("optgroup", { label: "not in this story" }, ...rest)] : []));
  for (const kind of ["scheme", "intervention"]) chosen(kind);
  at("changes").replaceChildren(...state.now.changes.map((each, i) => make("li", {},
    `From week ${each.week + 1}: ${each.plain}`,
    make("button", { type: "button", onclick: () => change(without(i)) }, "Take it back"))));
  trouble("change", null);
  if (!at("change").open) at("change").showModal();
}

function chosen(kind) {
  const name = at(`new-${kind}`).value, found = state.offered[`${kind}s`].find(each => each.name === name);
  const refused = kind === "intervention" ? state.base.refused[name] : undefined;
  at(`new-${kind}-says`).textContent = refused ?? found?.sentence ?? "";
  at(`do-${kind}`).disabled = !found || refused !== undefined;
}

const without = i => {
  const gone = state.now.changes[i];
  return state.asked.changes.filter(each => !(each.week === gone.week && each[gone.kind] === gone.name));
};

async function change(changes) {
  const why = await show({ ...state.asked, changes }, state.week);
  trouble("change", why);
  if (why) return;
  at("change").close();
  at("play").focus();
}

/* --- what does what */

async function start() {
  at("first").onclick = () => { pause(); go(0); };
  at("back").onclick = () => { pause(); go(state.week - 1); };
  at("step").onclick = () => { pause(); go(state.week + 1); };
  at("play").onclick = play;
  at("week").oninput = () => { pause(); go(Number(at("week").value) - 1); };
  at("speed").onchange = () => { if (state.timer) { pause(); play(); } };
  at("truth").onclick = () => { state.truth = !state.truth; paint(); };
  at("alter").onclick = alter;
  at("retell").onclick = () => tell(state.offered.stories.find(each => each.name === state.asked.scenario));
  at("others").onclick = others;
  at("begin").onsubmit = begin;
  at("untold").onclick = () => at("told").close();
  for (const kind of ["scheme", "intervention"]) {
    at(`new-${kind}`).onchange = () => chosen(kind);
    at(`do-${kind}`).onclick = () =>
      change([...state.asked.changes, { week: Number(at("change").dataset.week), [kind]: at(`new-${kind}`).value }]);
  }
  document.addEventListener("keydown", typed);
  addEventListener("resize", () => { if (!at("stage").hidden) paint(); });
  const offered = await ask("options");
  if (offered.ok === false) return say(offered.why);
  state.offered = offered;
  at("search").oninput = stories;
  stories();
  const asked = read(location.hash);
  if (asked) {
    const why = await show(asked, 0);
    if (why) say(why);
  }
}

start();
