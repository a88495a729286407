// The page's namespace, its data, its words, and small helpers. No script here loads anything or writes HTML from data:
// names only ever become text nodes.
var SC = {};
(function () {
  'use strict';
  // unzip reads data of the page: JSON, or deflated JSON in base64.
  SC.unzip = function (id) {
    var e = document.getElementById(id), text = e.textContent;
    if (e.type === 'application/json') return JSON.parse(text);
    return JSON.parse(pako.inflateRaw(SC.bytes(text), { to: 'string' }));
  };
  SC.bytes = function (base64) {
    var s = atob(base64), n = s.length, out = new Uint8Array(n);
    for (var i = 0; i < n; i++) out[i] = s.charCodeAt(i);
    return out;
  };
  SC.data = SC.unzip('data');

  // put turns one value into another by a patch: objects by key, lists by index.
  function put(value, patch) {
    Object.keys(patch).forEach(function (k) {
      var p = patch[k];
      if (p && typeof p === 'object' && !Array.isArray(p) && value[k] && typeof value[k] === 'object') put(value[k], p);
      else value[k] = p;
    });
  }

  // The page in the other language stands in a template: ?lang=en (or zh) asks for it.
  var other = document.getElementById('other'), asked = /[?&]lang=(zh|en)\b/.exec(window.location.search);
  if (other && asked && other.lang.slice(0, 2) === asked[1]) {
    var page = document.getElementById('page');
    page.textContent = '';
    page.appendChild(other.content.cloneNode(true));
    document.documentElement.lang = other.lang;
    document.title = other.dataset.title;
    put(SC.data, SC.unzip('patch'));
  }
  if (other) other.remove();
  SC.state = { tier: SC.data.lead, year: SC.data.years.length };

  // word returns the wording of a key with its %s filled in.
  SC.word = function (key) {
    var args = arguments, n = 0;
    return (SC.data.words[key] || key).replace(/%s/g, function () { n++; return args[n]; });
  };

  // group writes a whole number with thousands separators.
  SC.group = function (n) {
    return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',');
  };

  // people writes people as the language does: 万 from ten thousand on in Chinese.
  SC.people = function (n) {
    if (SC.data.lang === 'zh' && n >= 10000) return (n / 10000).toFixed(1) + ' 万';
    return n > 0 && n < 10 ? String(Math.round(n * 10) / 10) : SC.group(n);
  };

  // peopleUnit is people with the unit, money yuan as the reports write it: 万元, or in English million yuan.
  SC.peopleUnit = function (n) {
    var s = n >= 10 || n === Math.round(n) ? SC.people(Math.round(n)) : SC.people(n);
    return s + (/万$/.test(s) ? '' : ' ') + SC.word('unit.people');
  };
  function trimmed(x, places) { var p = x.toFixed(places).split('.'); return SC.group(+p[0]) + (/[1-9]/.test(p[1]) ? '.' + p[1] : ''); }
  SC.money = function (y) {
    if (SC.data.lang === 'zh') return trimmed(y / 1e4, 1) + ' 万元';
    return y < 1e6 ? '¥' + SC.group(y) : '¥' + trimmed(y / 1e6, 2) + ' m';
  };

  // gapName calls a gap by its region and the place next to it; fixText says what would close it.
  SC.gapName = function (g) { return g.n || (g.rg < 0 ? '' : SC.data.regions[g.rg].n) + (g.pl ? SC.word('gaps.near', g.pl) : ''); };
  SC.fixText = function (f) {
    var stop = SC.data.lang === 'zh' ? '。' : '. ';
    function at(key, x) { return x ? SC.word(key, x.n || SC.word('plan.newsite', x.r < 0 ? '' : SC.data.regions[x.r].n), SC.money(x.y), SC.peopleUnit(x.p)) + stop : ''; }
    if (!f) return '';
    if (!f.n) return SC.word('fix.none');
    return at('fix.nearest', f.n) + at('fix.cheapest', f.c) + (f.a ? SC.word('fix.all', SC.group(f.a[0]), SC.money(f.a[1]), SC.peopleUnit(f.a[2])) + stop : '');
  };

  // percent of a share 0..1; what is not quite all never reads 100.0 %.
  SC.percent = function (share) {
    if (share === null || share !== share) return '—';
    if (share < 1 && share >= 0.9995) return '99.9 %';
    if (share > 0 && share < 0.0005) return '<0.1 %';
    return (share * 100).toFixed(1) + ' %';
  };

  // cost writes metres or seconds.
  SC.cost = function (value, unit) {
    if (unit === 's') return Math.round(value / 6) / 10 + ' ' + SC.word('unit.min');
    return SC.group(value) + ' ' + SC.word('unit.m');
  };

  // regionPath is the chain of region names above and including r, without a top that stands alone.
  var tops = -1;
  SC.regionPath = function (r) {
    var names = [], all = SC.data.regions;
    if (tops < 0) tops = all.filter(function (x) { return x.l === 0; }).length;
    for (; r >= 0; r = all[r].p) {
      if (all[r].p < 0 && names.length && tops === 1) break;
      names.unshift(all[r].n);
    }
    return names.join(' › ');
  };

  // el makes an element with a class and text.
  SC.el = function (tag, className, text) {
    var e = document.createElement(tag);
    if (className) e.className = className;
    if (text !== undefined) e.textContent = text;
    return e;
  };

  // Listeners of "tier" and "year" changes.
  var listeners = [];
  SC.on = function (f) { listeners.push(f); };
  SC.set = function (what, value) {
    SC.state[what] = value;
    listeners.forEach(function (f) { f(what, value); });
  };
})();
