// Reads the state of the emulator once a second and renders it. Names, images and messages come from
// callers of the API, so they are inserted as text, never as markup.
"use strict";

const TONES = {
  ACTIVE: "good", SUCCESSFUL: "good",
  PROVISIONING: "busy", DEPROVISIONING: "busy", DRAINING: "busy", PENDING: "busy", IN_PROGRESS: "busy",
  STOP_REQUESTED: "busy", ROLLBACK_REQUESTED: "busy", ROLLBACK_IN_PROGRESS: "bad",
  STOPPED: "bad", FAILED: "bad", ROLLBACK_SUCCESSFUL: "bad", ROLLBACK_FAILED: "bad",
};

// Creates an element with a class and children; a string becomes text.
function make(name, kind, ...children) {
  const element = document.createElement(name);
  if (kind) element.className = kind;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const state = (code) => make("span", "state " + (TONES[code] ?? "idle"), code);
const quiet = (text) => make("p", "quiet", text);
const last = (arn) => String(arn).split("/").pop();

function block(title, children, empty) {
  return make("div", "", make("h4", "", title), ...(children.length ? children : [quiet(empty)]));
}

function link(url) {
  const anchor = make("a", "mono", url);
  anchor.href = url;
  anchor.rel = "noreferrer";
  return anchor;
}

function revision(one) {
  const bar = make("progress", "");
  bar.max = 100;
  bar.value = one.trafficWeight;
  bar.setAttribute("aria-label", "traffic of revision " + last(one.serviceRevisionArn));
  return make("div", "revision",
    make("p", "mono", one.image),
    make("div", "weight", bar, make("span", "percent", one.trafficWeight + " %")),
    quiet(one.runningTaskCount + " of " + one.requestedTaskCount + " tasks, revision " + last(one.serviceRevisionArn)));
}

function deployment(one) {
  const stage = one.isRunning && one.lifecycleStage ? make("span", "quiet", " " + one.lifecycleStage) : null;
  return make("div", "deployment",
    make("p", "", state(one.status), stage),
    one.statusReason ? quiet(one.statusReason) : null,
    make("p", "quiet mono", last(one.serviceDeploymentArn)));
}

function resource(one) {
  return make("li", "",
    one.resource, " ", state(one.status),
    one.statusReason ? quiet(one.statusReason) : null);
}

// The services whose ACTIVE resources the user has unfolded; they stay unfolded when rendered again.
const unfolded = new Set();

// Shows the resources that are not ACTIVE, and folds the others.
function resources(one) {
  const active = one.managedResources.filter((each) => each.status === "ACTIVE");
  const others = one.managedResources.filter((each) => each.status !== "ACTIVE");
  const parts = others.length ? [make("ul", "", ...others.map(resource))] : [];
  if (active.length) {
    const fold = make("details", "",
      make("summary", "", active.length + " ", state("ACTIVE")),
      make("ul", "", ...active.map(resource)));
    fold.open = unfolded.has(one.serviceArn);
    fold.addEventListener("toggle", () =>
      fold.open ? unfolded.add(one.serviceArn) : unfolded.delete(one.serviceArn));
    parts.push(fold);
  }
  return parts;
}

function service(one) {
  const customer = one.resourceManagementType === "CUSTOMER";
  return make("article", "card",
    make("div", "top",
      make("h3", "", one.serviceName), state(one.statusCode),
      make("span", "quiet", "cluster " + one.cluster + ", " + one.region + ", account " + one.account)),
    customer ? quiet("Not an Express service") : make("p", "", link(one.url)),
    customer ? null : make("div", "columns",
      block("Active revisions", one.activeRevisions.map(revision), "none yet"),
      block("Deployments", one.deployments.map(deployment), "none yet"),
      block("Managed resources", resources(one), "none yet")));
}

function callRow(one) {
  return make("tr", "",
    make("td", "", one.atText.slice(11, 19)),
    make("td", "", one.action),
    make("td", "", one.serviceName ?? ""),
    make("td", one.code ? "bad" : "good", one.code ?? "ok"),
    make("td", "", one.message ?? ""));
}

function callTable(calls) {
  const head = make("tr", "", ...["At", "Action", "Service", "Answer", "Message"].map((name) => make("th", "", name)));
  return make("div", "table", make("table", "", make("tbody", "", head, ...calls.map(callRow))));
}

async function ask(path) {
  const answer = await fetch("_emulator/" + path, { cache: "no-store" });
  if (!answer.ok) throw new Error(path + ": " + answer.status);
  return answer.json();
}

// The rendered data. Unchanged parts are not rendered again, so that a selection in them stays.
const rendered = new Map();

function render(id, value, content) {
  const text = JSON.stringify(value);
  if (rendered.get(id) === text) return;
  rendered.set(id, text);
  document.getElementById(id).replaceChildren(...content);
}

async function refresh() {
  const clock = document.getElementById("clock");
  try {
    const [overview, record] = await Promise.all([ask("services"), ask("calls?last=25")]);
    const services = overview.services;
    render("services", services, services.length ? services.map(service) : [quiet("No services yet.")]);
    const calls = record.calls.reverse();
    render("calls", calls, calls.length ? [callTable(calls)] : [quiet("No calls yet.")]);
    clock.className = "";
    clock.textContent = overview.nowText.replace("T", " ").replace("Z", " UTC") +
      (overview.timeScale === 0 ? ", the clock is stopped" : ", " + overview.timeScale + " virtual seconds per second");
  } catch {
    clock.className = "lost";
    clock.textContent = "the emulator does not answer; the data below is outdated";
  }
  setTimeout(refresh, 1000);
}

refresh();
