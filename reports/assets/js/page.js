// Ties the page together: the chosen tier, the lists beside the maps, the year slider, tables that open, printing.
(function () {
  'use strict';
  var body = document.body;

  function showTier(tier) {
    body.dataset.tier = tier;
    document.querySelectorAll('main [data-tier]').forEach(function (e) { e.hidden = +e.dataset.tier !== tier; });
    document.querySelectorAll('[data-set-tier]').forEach(function (b) { b.setAttribute('aria-pressed', +b.dataset.setTier === tier); });
  }

  function startTiers() {
    document.querySelectorAll('[data-set-tier]').forEach(function (b) {
      b.addEventListener('click', function () { SC.set('tier', +b.dataset.setTier); });
    });
    SC.on(function (what, v) { if (what === 'tier') showTier(v); });
    showTier(SC.state.tier);
  }

  // Pointing at a gap in the list marks it on the map; choosing it moves the map there.
  function startGaps() {
    var map = SC.maps.gaps, index = {};
    if (!map) return;
    SC.data.gaps.forEach(function (g, i) { index[g.t + ':' + g.r] = i; });
    function mark(b) { map.mark = { kind: 'gap', i: index[b.dataset.gap] }; map.frame(); }
    document.querySelectorAll('.gaplist').forEach(function (list) {
      rowsOf(list, '[data-gap]', mark, function (b) { var g = SC.data.gaps[index[b.dataset.gap]]; map.focus(g.box); mark(b); SC.linkTo(SC.gapLink(g)); });
    });
  }

  // rowsOf calls mark for rows that are pointed at or focused, and go for the one chosen, whenever they came into the list.
  function rowsOf(list, selector, mark, go) {
    function on(event, act) {
      list.addEventListener(event, function (e) { var row = e.target.closest(selector); if (row) act(row, e); });
    }
    on('mouseover', mark);
    on('focusin', mark);
    on('click', go);
    on('keydown', function (row, e) { if (e.key === 'Enter' && e.target === row && row.tagName !== 'BUTTON') go(row); });
  }

  function startPlan() {
    var slider = document.getElementById('year'), out = document.getElementById('yearout'), play = document.getElementById('play'), timer = 0;
    if (!slider) return;
    function show() {
      slider.style.setProperty('--at', 100 * SC.state.year / slider.max + '%');
      out.textContent = SC.state.year > 0 ? SC.data.years[SC.state.year - 1] : SC.word('year.now');
      rows();
    }
    function rows() {
      document.querySelectorAll('tbody[data-year]').forEach(function (t) {
        t.classList.toggle('later', SC.state.year === 0 || +t.dataset.year > SC.data.years[SC.state.year - 1]);
      });
    }
    slider.addEventListener('input', function () { stop(); SC.set('year', +slider.value); });
    SC.on(function (what, v) { if (what === 'year') { slider.value = v; show(); } });
    function stop() { clearInterval(timer); timer = 0; }
    play.addEventListener('click', function () {
      if (timer) { stop(); return; }
      SC.set('year', 0);
      timer = setInterval(function () {
        if (SC.state.year >= SC.data.years.length) stop();
        else SC.set('year', SC.state.year + 1);
      }, 1100);
    });
    show();
    listTo('table.plan', '[data-pick]', SC.maps.plan, function (e) { return SC.data.picks[+e.dataset.pick]; });
  }

  // listTo links rows of a table or list with points on a map: pointing marks, choosing moves there.
  function listTo(where, selector, map, find) {
    var list = document.querySelector(where);
    if (!list || !map) return;
    function mark(row) { map.mark = { kind: 'place', at: find(row).at }; map.frame(); }
    rowsOf(list, selector, mark, function (row) {
      var at = find(row).at;
      map.focus([at[0], at[1], at[0], at[1]]);
      mark(row);
      map.figure.scrollIntoView({ block: 'nearest' });
    });
  }

  // Rows of the ranking open to the regions below them, built when asked for.
  function startRanking() {
    document.querySelectorAll('table.rank').forEach(function (table) {
      table.addEventListener('click', function (e) {
        var row = e.target.closest('tr[data-region]'), button = e.target.closest('button');
        if (!row || !button) return;
        toggle(table, row, button);
      });
    });
  }

  function toggle(table, row, button) {
    var open = button.getAttribute('aria-expanded') === 'true', r = +row.dataset.region;
    button.setAttribute('aria-expanded', !open);
    button.textContent = open ? '▸' : '▾';
    if (open) { close(table, r); return; }
    var tier = +table.dataset.rank, children = [];
    SC.data.regions.forEach(function (x, i) { if (x.p === r) children.push(i); });
    children.sort(function (a, b) { return share(a, tier) - share(b, tier); });
    var after = row;
    children.forEach(function (c) {
      var made = childRow(c, tier, +(row.dataset.depth || 0) + 1);
      after.parentNode.insertBefore(made, after.nextSibling);
      after = made;
    });
  }

  function close(table, parent) {
    table.querySelectorAll('tr[data-parent="' + parent + '"]').forEach(function (e) {
      close(table, +e.dataset.region);
      e.remove();
    });
  }

  // share sorts regions without people last.
  function share(r, tier) { var t = SC.data.regions[r].t[tier]; return t[0] ? t[1] / t[0] : 2; }

  function childRow(r, tier, depth) {
    var d = SC.data.regions[r], t = d.t[tier], tr = SC.el('tr', 'child'), th = SC.el('th');
    tr.dataset.region = r;
    tr.dataset.parent = d.p;
    tr.dataset.depth = depth;
    tr.appendChild(SC.el('td'));
    th.scope = 'row';
    th.style.paddingLeft = 8 + 18 * depth + 'px';
    var kids = SC.data.regions.some(function (x) { return x.p === r; });
    var opener = SC.el(kids ? 'button' : 'span', 'expand', kids ? '▸' : '');
    if (kids) { opener.type = 'button'; opener.setAttribute('aria-expanded', 'false'); }
    var go = SC.el('a', 'goto', d.n);
    go.href = SC.regionLink(r);
    th.appendChild(opener);
    th.appendChild(go);
    tr.appendChild(th);
    tr.appendChild(SC.el('td', 'n', SC.people(t[0])));
    var bar = SC.el('td', 'barcol'), meter = SC.el('span', 'meter'), fill = SC.el('i'), s = t[0] ? t[1] / t[0] : null;
    fill.style.width = (s || 0) * 100 + '%';
    meter.appendChild(fill);
    bar.appendChild(meter);
    bar.appendChild(SC.el('span', 'n', SC.percent(s)));
    tr.appendChild(bar);
    tr.appendChild(SC.el('td', 'n', ''));
    tr.appendChild(SC.el('td', 'n', SC.people(t[0] - t[1])));
    tr.appendChild(SC.el('td', 'n' + (t[5] > t[6] ? ' behind' : ''), t[5] ? t[6] + ' / ' + t[5] : '—'));
    tr.appendChild(SC.el('td', 'n', SC.group(t[3])));
    if (SC.data.years.length) { tr.appendChild(SC.el('td', 'n', SC.group(t[7]))); tr.appendChild(SC.el('td', 'n', '')); }
    for (var heads = document.querySelectorAll('table.rank[data-rank="' + tier + '"] thead th').length; tr.cells.length < heads;) tr.appendChild(SC.el('td', 'n', ''));
    return tr;
  }

  // On paper every map is drawn, sharply, and charts take the paper's width.
  function startPrinting() {
    function set(on) {
      body.classList.toggle('printing', on);
      if (on) SC.listForPrint();
      Object.keys(SC.maps).forEach(function (id) {
        var m = SC.maps[id];
        m.printing = on;
        m.seen = true;
        m.resize();
        m.home();
        m.show();
      });
      SC.resizeCharts(window.matchMedia('(prefers-color-scheme: dark)').matches);
    }
    window.addEventListener('beforeprint', function () { set(true); });
    window.addEventListener('afterprint', function () { set(false); });
  }

  // Long lists scroll in a window that ends on a whole row, says how much it holds, and opens on demand.
  function startFolds() {
    document.querySelectorAll('[data-fold]').forEach(function (box) {
      var rows, most = parseFloat(getComputedStyle(box).maxHeight);
      var foot = SC.el('p', 'foldfoot'), say = SC.el('span', ''), button = SC.el('button', '', '');
      button.type = 'button';
      foot.appendChild(say);
      foot.appendChild(button);
      box.parentNode.insertBefore(foot, box.nextSibling);
      function fit() {
        if (!box.offsetParent) return;
        rows = box.querySelectorAll(box.dataset.fold);
        var all = rows.length + SC.unlisted(box), open = box.classList.contains('open');
        if (!open) { box.style.maxHeight = ''; most = parseFloat(getComputedStyle(box).maxHeight); }
        foot.hidden = !open && box.scrollHeight <= most + 2;
        button.textContent = open ? SC.word('fold.less') : SC.word('fold.all');
        button.setAttribute('aria-expanded', open);
        if (open) { box.style.maxHeight = 'none'; say.textContent = rows.length < all ? SC.word('fold.part', SC.group(rows.length), SC.group(all)) : SC.word('fold.open', SC.group(all)); return; }
        if (foot.hidden) return;
        var top = box.getBoundingClientRect().top - box.scrollTop, seen = 0, end = most;
        for (var i = 0; i < rows.length; i++) {
          var b = rows[i].getBoundingClientRect().bottom - top;
          if (b > most) break;
          seen = i + 1;
          end = b;
        }
        var bar = box.offsetHeight - box.clientHeight;
        box.style.maxHeight = Math.ceil(end + bar) + 'px';
        say.textContent = SC.word('fold.some', SC.group(seen), SC.group(all));
      }
      button.addEventListener('click', function () { box.classList.toggle('open'); fit(); });
      fit();
      SC.on(function (what) { if (what === 'tier' || what === 'rows') fit(); });
      var wide = box.clientWidth;
      new ResizeObserver(function () { if (box.clientWidth !== wide) { wide = box.clientWidth; requestAnimationFrame(fit); } }).observe(box);
    });
  }

  // The other language is the same file, asked for in its address; the place in the page stays.
  function startLanguage() {
    var b = document.getElementById('langswitch');
    b.addEventListener('click', function () {
      window.location.search = '?lang=' + b.lang.slice(0, 2);
    });
  }

  SC.fillSymbols(document);
  startTiers();
  SC.startMaps();
  SC.startCharts();
  startGaps();
  startPlan();
  listTo('.stationlist', '[data-station]', SC.maps.stations, function (e) {
    return SC.data.stations.filter(function (s) { return s.r === +e.dataset.station; })[0];
  });
  startRanking();
  startPrinting();
  SC.startRest();
  startFolds();
  startLanguage();
  SC.startViews();
  SC.startFinding();
  body.classList.add('ready');
})();
