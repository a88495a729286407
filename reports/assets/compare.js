// The comparison page: three maps that move together (before, after, change), drawn on 2-D canvases from the packed cells of both
// sides. It rests on SC.data, SC.word, SC.percent, SC.people, SC.numbers, SC.lines, SC.hexagons and SC.cellFinder alone.
(function () {
  'use strict';
  var d = SC.data, n = d.count, hex = SC.hexagons(d.hex, n, d.size), find = SC.cellFinder(hex);
  var people = d.people.map(function (p) { return SC.numbers(p, n, Float64Array).map(function (v) { return v / 10; }); });
  var cells = d.cells.map(function (pair) { return pair.map(function (p) { return SC.numbers(p, n, Uint16Array); }); });
  var unpack = function (l) { return SC.lines(l.data, l.count); };
  var land = unpack(d.land), roads = d.roads.slice(0, 2).map(unpack), borders = d.borders.map(unpack);
  var tier = d.lead, marked = -1, waiting = false;
  var view = { x: d.size[0] / 2, y: d.size[1] / 2, s: 1 };
  var shares = [['#dcd8d0', 'class.none'], ['#c9ddec', 'class.some'], ['#86b4d6', 'class.most'], ['#4a8bbd', 'class.all']];
  var changes = [['#1f5a8a', 'cmp.gain2'], ['#86b4d6', 'cmp.gain1'], ['#e3e8ed', 'cmp.same1'], ['#dcd8d0', 'cmp.same0'], ['#e5a7a5', 'cmp.loss1'], ['#a61b29', 'cmp.loss2']];
  var canvases = [].slice.call(document.querySelectorAll('canvas[data-map]'));

  // shareClass of a cell on one side: -1 where nobody lives.
  function shareClass(side, i) {
    var v = cells[tier][side][i];
    return v === 0 ? -1 : v === 1 ? 0 : v < 501 ? 1 : v < 1001 ? 2 : 3;
  }

  // changeClass of a cell: a side where nobody lives counts as nobody served.
  function changeClass(i) {
    var a = Math.max(0, cells[tier][0][i] - 1), b = Math.max(0, cells[tier][1][i] - 1), by = b - a;
    if (by >= 500) return 0;
    if (by > 0) return 1;
    if (by <= -500) return 5;
    if (by < 0) return 4;
    return b >= 500 ? 2 : 3;
  }

  function fit(canvas) {
    return Math.min((canvas.clientWidth - 16) / Math.max(d.size[0], 1), (canvas.clientHeight - 16) / Math.max(d.size[1], 1));
  }

  function path(ctx, l, w, h, close) {
    var ox = w / 2 - view.x * view.s, oy = h / 2 - view.y * view.s;
    ctx.beginPath();
    for (var i = 0; i < l.count; i++) {
      for (var k = l.start[i]; k < l.start[i + 1]; k++) {
        var x = l.xy[2 * k] * view.s + ox, y = l.xy[2 * k + 1] * view.s + oy;
        if (k === l.start[i]) ctx.moveTo(x, y); else ctx.lineTo(x, y);
      }
      if (close) ctx.closePath();
    }
  }

  function outline(ctx, i, ox, oy) {
    var c = hex.odd[i], at = 0, count = 6;
    if (c) count = c.length / 2; else { c = hex.corners; at = 12 * i; }
    for (var k = 0; k < count; k++) {
      var x = c[at + 2 * k] * view.s + ox, y = c[at + 2 * k + 1] * view.s + oy;
      if (k === 0) ctx.moveTo(x, y); else ctx.lineTo(x, y);
    }
    ctx.closePath();
  }

  function hexagons(ctx, w, h, classOf, colours) {
    var ox = w / 2 - view.x * view.s, oy = h / 2 - view.y * view.s, lists = colours.map(function () { return []; }), r = hex.radius * view.s;
    for (var i = 0; i < n; i++) {
      var x = hex.x[i] * view.s + ox, y = hex.y[i] * view.s + oy;
      if (x < -r || y < -r || x > w + r || y > h + r) continue;
      var c = classOf(i);
      if (c >= 0) lists[c].push(i);
    }
    lists.forEach(function (list, c) {
      ctx.fillStyle = colours[c][0];
      for (var from = 0; from < list.length; from += 400) {
        ctx.beginPath();
        list.slice(from, from + 400).forEach(function (i) {
          if (r < 1.3) ctx.rect(hex.x[i] * view.s + ox - r, hex.y[i] * view.s + oy - r, Math.max(1, 2 * r), Math.max(1, 2 * r));
          else outline(ctx, i, ox, oy);
        });
        ctx.fill();
      }
    });
    if (marked >= 0) {
      ctx.beginPath();
      outline(ctx, marked, ox, oy);
      ctx.strokeStyle = '#1f2a37';
      ctx.lineWidth = 2;
      ctx.stroke();
    }
  }

  function dots(ctx, w, h, points, fill, line) {
    points.forEach(function (p) {
      ctx.beginPath();
      ctx.arc((p[0] - view.x) * view.s + w / 2, (p[1] - view.y) * view.s + h / 2, line ? 3.4 : 2.6, 0, 2 * Math.PI);
      ctx.fillStyle = fill;
      ctx.fill();
      ctx.strokeStyle = line || '#fff';
      ctx.lineWidth = line ? 1.4 : 0.8;
      ctx.stroke();
    });
  }

  // without gives the points of a that b does not have.
  function without(a, b) {
    var have = {};
    b.forEach(function (p) { have[p[0] + ':' + p[1]] = true; });
    return a.filter(function (p) { return !have[p[0] + ':' + p[1]]; });
  }

  function draw(canvas) {
    var kind = +canvas.dataset.map, w = canvas.clientWidth, h = canvas.clientHeight, dpr = Math.min(window.devicePixelRatio || 1, 2);
    if (canvas.width !== Math.round(w * dpr) || canvas.height !== Math.round(h * dpr)) {
      canvas.width = Math.round(w * dpr);
      canvas.height = Math.round(h * dpr);
    }
    var ctx = canvas.getContext('2d');
    ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
    ctx.fillStyle = land.count ? '#eef1f4' : '#fff';
    ctx.fillRect(0, 0, w, h);
    path(ctx, land, w, h, true);
    ctx.fillStyle = '#fff';
    ctx.fill('evenodd');
    if (d.tiers.length) {
      if (kind === 2) hexagons(ctx, w, h, changeClass, changes);
      else hexagons(ctx, w, h, function (i) { return shareClass(kind, i); }, shares);
    }
    roads.forEach(function (l, k) { path(ctx, l, w, h, false); ctx.strokeStyle = '#b1b9c2'; ctx.lineWidth = k ? 0.5 : 1; ctx.stroke(); });
    borders.forEach(function (l, k) { if (k > 1 && view.s < 4 * fit(canvas)) return; path(ctx, l, w, h, false); ctx.strokeStyle = '#6b7684'; ctx.lineWidth = k ? 0.6 : 1.2; ctx.stroke(); });
    if (!d.tiers.length) return;
    var sites = d.sites[tier];
    if (kind < 2) dots(ctx, w, h, sites[kind], '#1f2a37');
    else {
      dots(ctx, w, h, without(sites[0], sites[1]), '#fff', '#1f2a37');
      dots(ctx, w, h, without(sites[1], sites[0]), '#1f2a37', '#fff');
    }
  }

  function refresh() {
    if (waiting) return;
    waiting = true;
    window.requestAnimationFrame(function () { waiting = false; canvases.forEach(draw); });
  }

  function home() {
    view = { x: d.size[0] / 2, y: d.size[1] / 2, s: canvases.length ? fit(canvases[0]) : 1 };
    refresh();
  }

  function zoom(factor, canvas, px, py) {
    var least = fit(canvas) / 2, s = Math.max(least, Math.min(least * 400, view.s * factor));
    view.x += (px - canvas.clientWidth / 2) * (1 / view.s - 1 / s);
    view.y += (py - canvas.clientHeight / 2) * (1 / view.s - 1 / s);
    view.s = s;
    refresh();
  }

  function point(canvas, px, py) {
    var i = find((px - canvas.clientWidth / 2) / view.s + view.x, (py - canvas.clientHeight / 2) / view.s + view.y);
    if (i === marked) return;
    marked = i;
    var side = function (k) { var v = cells[tier][k][i]; return v === 0 ? SC.word('cmp.nobody') : SC.percent((v - 1) / 1000); };
    document.getElementById('cell').textContent = i < 0 || !d.tiers.length ? SC.word('cmp.maphelp') : SC.word('cmp.cell', side(0), side(1), SC.people(people[0][i]), SC.people(people[1][i]));
    refresh();
  }

  canvases.forEach(function (canvas) {
    var last = null;
    canvas.addEventListener('pointerdown', function (e) { last = [e.offsetX, e.offsetY]; canvas.setPointerCapture(e.pointerId); });
    canvas.addEventListener('pointerup', function () { last = null; });
    canvas.addEventListener('pointermove', function (e) {
      if (last) {
        view.x -= (e.offsetX - last[0]) / view.s;
        view.y -= (e.offsetY - last[1]) / view.s;
        last = [e.offsetX, e.offsetY];
        refresh();
      } else point(canvas, e.offsetX, e.offsetY);
    });
    canvas.addEventListener('wheel', function (e) { e.preventDefault(); zoom(e.deltaY < 0 ? 1.25 : 0.8, canvas, e.offsetX, e.offsetY); }, { passive: false });
    canvas.addEventListener('keydown', function (e) {
      var step = { ArrowLeft: [-40, 0], ArrowRight: [40, 0], ArrowUp: [0, -40], ArrowDown: [0, 40] }[e.key];
      if (step) { view.x += step[0] / view.s; view.y += step[1] / view.s; refresh(); }
      else if (e.key === '+' || e.key === '=' || e.key === '-') zoom(e.key === '-' ? 0.8 : 1.25, canvas, canvas.clientWidth / 2, canvas.clientHeight / 2);
      else if (e.key === '0') home();
      else return;
      e.preventDefault();
    });
  });

  function key(id, classes, marks) {
    var box = document.getElementById(id);
    classes.concat(marks).forEach(function (c) {
      var item = SC.el('span'), swatch = SC.el('i', c[2]);
      swatch.style.background = c[0];
      item.appendChild(swatch);
      item.appendChild(document.createTextNode(SC.word(c[1])));
      box.appendChild(item);
    });
  }

  function show(t) {
    tier = t;
    document.querySelectorAll('[data-show-tier]').forEach(function (b) { b.setAttribute('aria-pressed', String(+b.dataset.showTier === t)); });
    document.querySelectorAll('[data-tier-only]').forEach(function (e) { e.hidden = +e.dataset.tierOnly !== t; });
    refresh();
  }

  document.querySelectorAll('[data-show-tier]').forEach(function (b) { b.addEventListener('click', function () { show(+b.dataset.showTier); }); });
  key('key-share', shares, [['#1f2a37', 'site.open', 'dot']]);
  key('key-diff', changes, [['#1f2a37', 'cmp.newsite', 'dot'], ['#fff', 'cmp.oldsite', 'dot hollow']]);
  window.addEventListener('resize', home);
  show(tier);
  home();
  SC.compare = { changeClass: changeClass, count: n, view: function () { return view; }, zoom: function (f) { zoom(f, canvases[0], 0, 0); } };
  document.body.classList.add('ready');
})();
