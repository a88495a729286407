// What surrounds a map: layer switches, legend with counts, scale bar, pointer, keys and the tooltip.
(function () {
  'use strict';

  SC.mapControls = function (map) {
    var box = map.figure.querySelector('.layerbox'), name = 'paint-' + map.id, initial = map.on.paint;
    box.appendChild(SC.el('h4', '', SC.word('map.colour')));
    ['share', 'cost', 'uncovered', 'people'].concat(SC.data.cells.foot ? ['foot'] : [], 'none').forEach(function (p) {
      box.appendChild(choice('radio', name, p, SC.word('paint.' + p), p === initial, function () { map.paint = p; map.redraw(); }));
    });
    if (SC.data.views.breaks.length) choroControls(map, box, name);
    box.appendChild(SC.el('h4', '', SC.word('map.layers')));
    layersOf(map).forEach(function (l) {
      box.appendChild(choice('checkbox', 'layer-' + map.id, l, SC.word('layer.' + l), !!map.on[l], function (on) { map.on[l] = on; map.redraw(); }));
    });
    map.figure.querySelectorAll('[data-zoom]').forEach(function (b) {
      b.addEventListener('click', function () {
        if (b.dataset.zoom === 'home') map.home();
        else map.zoom(b.dataset.zoom === 'in' ? 1.5 : 1 / 1.5);
      });
    });
    map.figure.querySelector('[data-save]').addEventListener('click', function () { SC.download(SC.mapPicture(map), 'map-' + map.id); });
    map.canvas.addEventListener('keydown', function (e) { key(map, e); });
  };

  // choroControls choose whole regions by class: what is shown, how the classes are cut, and the level.
  function choroControls(map, box, name) {
    box.appendChild(SC.el('h4', '', SC.word('map.regions')));
    ['effective', 'unserved', 'people'].forEach(function (m) {
      box.appendChild(choice('radio', name, 'choro.' + m, SC.word('choro.' + m), false, function () { map.paint = 'choro.' + m; map.redraw(); }));
    });
    box.appendChild(chooser(SC.word('map.classes'), SC.data.methods.map(function (m, i) { return [i, SC.word('classes.' + m)]; }), 0, function (v) { map.method = v; map.redraw(); }));
    var levels = SC.data.views.breaks.map(function (b) { return [b.level, SC.data.levels[b.level]]; });
    if (levels.length > 1) box.appendChild(chooser(SC.word('col.region'), levels, SC.choroLevel(map).level, function (v) { map.level = v; map.redraw(); }));
  }

  function chooser(text, options, chosen, act) {
    var label = SC.el('label', 'chooser', text + ' '), select = document.createElement('select');
    options.forEach(function (o) {
      var e = SC.el('option', '', o[1]);
      e.value = o[0];
      e.selected = o[0] === chosen;
      select.appendChild(e);
    });
    select.addEventListener('change', function () { act(+select.value); });
    label.appendChild(select);
    return label;
  }

  // layersOf leaves out switches for what the study does not have.
  function layersOf(map) {
    var d = SC.data, has = { gaps: d.gaps.length, sites: d.sites.length, others: d.tiers.length > 1, picks: d.picks.length, stations: d.stations.length,
      reach: d.views.reach.some(function (b) { return b.length; }), catch: d.views.catch.some(function (c) { return c.count; }), entities: d.views.entities.length, base: d.base,
      borders: d.borders.length, roads: d.roads.length, excl: d.exclude.length, labels: 1 };
    return Object.keys(has).filter(function (l) { return has[l]; });
  }

  function choice(type, name, value, text, checked, act) {
    var label = SC.el('label'), input = document.createElement('input');
    input.type = type;
    input.name = name;
    input.value = value;
    input.checked = checked;
    input.addEventListener('change', function () { act(input.checked); });
    label.appendChild(input);
    label.appendChild(document.createTextNode(' ' + text));
    return label;
  }

  function key(map, e) {
    var step = 60, done = true;
    if (e.key === '+' || e.key === '=') map.zoom(1.5);
    else if (e.key === '-' || e.key === '_') map.zoom(1 / 1.5);
    else if (e.key === '0') map.home();
    else if (e.key === 'ArrowLeft') map.pan(step, 0);
    else if (e.key === 'ArrowRight') map.pan(-step, 0);
    else if (e.key === 'ArrowUp') map.pan(0, step);
    else if (e.key === 'ArrowDown') map.pan(0, -step);
    else if (e.key === 'Enter') point(map, map.w / 2, map.h / 2);
    else if (e.key === 'Escape') unpoint(map);
    else done = false;
    if (done) e.preventDefault();
  }

  // mapPointer: drag, pinch, wheel and hover through pointer events.
  SC.mapPointer = function (map) {
    var c = map.canvas, down = {}, moved = 0;
    function place(e) { var b = c.getBoundingClientRect(); return [e.clientX - b.left, e.clientY - b.top]; }
    c.addEventListener('pointerdown', function (e) {
      c.setPointerCapture(e.pointerId);
      down[e.pointerId] = place(e);
      moved = 0;
    });
    c.addEventListener('pointermove', function (e) {
      var p = place(e), q = down[e.pointerId], ids = Object.keys(down);
      if (!q) { if (e.pointerType === 'mouse') point(map, p[0], p[1]); return; }
      if (ids.length === 2) pinch(map, down, ids, e.pointerId, p);
      else if (moved + Math.abs(p[0] - q[0]) + Math.abs(p[1] - q[1]) > 3) { map.pan(p[0] - q[0], p[1] - q[1]); unpoint(map); }
      moved += Math.abs(p[0] - q[0]) + Math.abs(p[1] - q[1]);
      down[e.pointerId] = p;
    });
    function up(e) {
      if (down[e.pointerId] && moved < 4) { var p = place(e); point(map, p[0], p[1]); }
      delete down[e.pointerId];
    }
    c.addEventListener('pointerup', up);
    c.addEventListener('pointercancel', function (e) { delete down[e.pointerId]; });
    c.addEventListener('pointerleave', function (e) { if (e.pointerType === 'mouse') unpoint(map); });
    c.addEventListener('wheel', function (e) {
      // Plain scrolling passes by until the map has been clicked or focused; then, or with Ctrl, the wheel zooms.
      if (!e.ctrlKey && document.activeElement !== c) return;
      e.preventDefault();
      var p = place(e);
      map.zoom(Math.pow(1.0016, -e.deltaY * (e.deltaMode === 1 ? 30 : 1)), p[0], p[1]);
    }, { passive: false });
    c.addEventListener('dblclick', function (e) { var p = place(e); map.zoom(2, p[0], p[1]); });
  };

  function pinch(map, down, ids, id, p) {
    var other = down[ids[0] === String(id) ? ids[1] : ids[0]], q = down[id];
    var before = Math.hypot(q[0] - other[0], q[1] - other[1]), after = Math.hypot(p[0] - other[0], p[1] - other[1]);
    map.pan((p[0] - q[0]) / 2, (p[1] - q[1]) / 2);
    if (before > 4) map.zoom(after / before, (p[0] + other[0]) / 2, (p[1] + other[1]) / 2);
  }

  // point marks and reads what is under a place of the map.
  function point(map, px, py) {
    var hit = map.at(px, py), tip = document.getElementById('tip');
    if (!hit) { unpoint(map); return; }
    map.mark = hit.kind === 'cell' || hit.kind === 'gap' ? hit : null;
    map.frame();
    tip.textContent = '';
    SC.describe(hit, tip);
    tip.hidden = false;
    var b = map.canvas.getBoundingClientRect(), w = tip.offsetWidth, h = tip.offsetHeight;
    var x = b.left + px + 16, y = b.top + py + 16;
    if (x + w > window.innerWidth - 8) x = Math.max(8, b.left + px - w - 16);
    if (y + h > window.innerHeight - 8) y = Math.max(8, b.top + py - h - 16);
    tip.style.left = x + 'px';
    tip.style.top = y + 'px';
  }

  function unpoint(map) {
    document.getElementById('tip').hidden = true;
    if (map.mark) { map.mark = null; map.frame(); }
  }

  // describe writes the figures of what was hit, as text.
  SC.describe = function (hit, tip) {
    var d = SC.data;
    function line(cls, text) { if (text) tip.appendChild(SC.el('p', cls, text)); }
    if (hit.kind === 'cell') return describeCell(hit.i, line, tip);
    if (hit.kind === 'site') {
      var s = d.sites[hit.i];
      line('head', s.n);
      line('', d.tiers[s.t].name + ' · ' + SC.word(['site.open', 'site.below', 'site.closed'][s.s]) + (s.a ? ' · ' + SC.word('tip.area', s.a) : ''));
    } else if (hit.kind === 'pick') {
      var k = d.picks[hit.i];
      line('head', k.n);
      line('', d.tiers[k.t].name + ' · ' + SC.word('site.planned') + ' ' + k.y);
      line('', SC.word('tip.gained', SC.people(k.g)));
    } else if (hit.kind === 'station') {
      var t = d.stations[hit.i];
      line('head', t.r + ' ' + t.n);
      line('', SC.word('tip.score', t.s));
    } else if (hit.kind === 'entity') {
      var en = d.views.entities[hit.i], served = en.t[SC.state.tier];
      line('head', en.n);
      line('', en.k + ' · ' + SC.word(served && served[0] ? 'class.served' : 'class.none'));
    } else if (hit.kind === 'gap') {
      var g = d.gaps[hit.i];
      line('head', SC.gapName(g));
      line('', SC.word('tip.gap', g.r, SC.people(g.p)));
      line('quiet', SC.fixText(g.f));
    }
  };

  function describeCell(i, line, tip) {
    var world = SC.world(), d = SC.data;
    line('quiet', SC.regionPath(world.region[i]) + (world.parts[i] > 1 ? ' · ' + SC.word('tip.parts', world.parts[i]) : ''));
    line('head', SC.word('tip.people', SC.people(world.people[i])));
    var table = SC.el('table');
    d.tiers.forEach(function (def, t) {
      var w = world.tiers[t], row = SC.el('tr', t === SC.state.tier ? 'now' : ''), td = SC.el('td');
      row.appendChild(SC.el('th', '', def.name));
      if (w.site[i] >= 0) {
        td.appendChild(SC.el('b', '', SC.word('tip.covered', SC.percent(w.share[i] / 1000))));
        td.appendChild(SC.el('span', '', SC.word('tip.nearest', d.sites[w.site[i]].n) + ' ' + SC.cost(w.cost[i], def.unit)));
      } else {
        td.appendChild(SC.el('b', 'no', SC.word('tip.not', def.limit)));
      }
      if (w.flags[i] & 1) td.appendChild(SC.el('span', 'no', SC.word('tip.unc')));
      else if (w.flags[i] & 2) td.appendChild(SC.el('span', 'no', SC.word('tip.over')));
      row.appendChild(td);
      table.appendChild(row);
    });
    tip.appendChild(table);
  }

  // mapLegend lists the classes with how many cells fall in each, then the symbols.
  SC.mapLegend = function (map) {
    map.told = true;
    var box = map.figure.querySelector('.legend'), d = SC.data, world = SC.world(), tier = SC.state.tier;
    var paintName = map.paint || map.figure.querySelector('[name="paint-' + map.id + '"]:checked').value;
    var paint = SC.paints[paintName](world, tier, map.id === 'plan' ? SC.state.year : 0, map);
    var counts = paint.classes.map(function () { return 0; });
    if (paint.region) d.regions.forEach(function (r, i) { if (r.l === paint.level) counts[paint.region(i)]++; });
    else for (var i = 0; i < world.hex.count; i++) { var c = paint.of(i); if (c >= 0) counts[c]++; }
    map.figure.querySelectorAll('[data-tiername]').forEach(function (e) { e.textContent = d.tiers[tier].name; });
    box.textContent = '';
    if (paint.classes.length) box.appendChild(SC.el('b', '', paint.unit ? SC.word('paint.with', SC.word(paint.region ? paintName : 'paint.' + paintName), paint.unit) : SC.word(paint.region ? paintName : 'paint.' + paintName)));
    paint.classes.forEach(function (cl, k) {
      var item = SC.el('span', 'item'), sw = SC.el('i', 'swatch');
      sw.style.background = cl.colour;
      item.appendChild(sw);
      item.appendChild(document.createTextNode(cl.label + ' '));
      item.appendChild(SC.el('small', '', SC.word(paint.region ? 'class.regions' : 'class.cells', SC.group(counts[k]))));
      box.appendChild(item);
    });
    symbols(map, box, tier);
  };

  function symbols(map, box, tier) {
    var d = SC.data, year = SC.state.year > 0 ? d.years[SC.state.year - 1] : -1;
    function item(path, cls, text, n) {
      var e = SC.el('span', 'item'), svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg'), p = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      svg.setAttribute('viewBox', '-8 -8 16 16');
      svg.setAttribute('class', 'sym ' + cls);
      p.setAttribute('d', path);
      svg.appendChild(p);
      e.appendChild(svg);
      e.appendChild(document.createTextNode(text + ' '));
      e.appendChild(SC.el('small', '', SC.group(n)));
      box.appendChild(e);
    }
    function count(list, f) { return list.filter(f).length; }
    d.tiers.forEach(function (t, k) {
      if (k !== tier && !map.on.others) return;
      var path = SC.shape(k).path;
      if (map.on.sites) {
        item(path, '', t.name, count(d.sites, function (s) { return s.t === k && s.s === 0; }));
        var below = count(d.sites, function (s) { return s.t === k && s.s === 1; }), closed = count(d.sites, function (s) { return s.t === k && s.s === 2; });
        if (below) item(path, 'hollow', SC.word('site.below'), below);
        if (closed) item(path, 'hollow', SC.word('site.closed'), closed);
      }
      if (map.on.picks) {
        item(path, 'new', t.name + ' · ' + SC.word('site.planned'), count(d.picks, function (p) { return p.t === k && p.y <= year; }));
        var later = count(d.picks, function (p) { return p.t === k && p.y > year; });
        if (later) item(path, 'new hollow', SC.word('site.later'), later);
      }
    });
    if (map.on.stations) item('M0-6A6 6 0 1 1 0 6A6 6 0 1 1 0-6Z', 'new', SC.word('layer.stations'), d.stations.length);
    function swatch(cls, text, n) {
      var e = SC.el('span', 'item');
      e.appendChild(SC.el('i', 'swatch ' + cls));
      e.appendChild(document.createTextNode(text + ' '));
      if (n) e.appendChild(SC.el('small', '', n));
      box.appendChild(e);
    }
    if (map.on.reach && d.views.reach[tier]) d.views.reach[tier].forEach(function (b, k) { swatch('reach' + Math.min(k, 2), SC.word('layer.reach') + ' ' + SC.word('layer.reachof', b.label)); });
    if (map.on.catch && d.views.catch[tier]) swatch('catchswatch', SC.word('layer.catch'));
    if (map.on.entities) item(SC.ENTITY, 'cross', SC.word('layer.entities'), d.views.entities.length);
    if (map.on.gaps) {
      var e = SC.el('span', 'item');
      e.appendChild(SC.el('i', 'swatch gapswatch'));
      e.appendChild(document.createTextNode(SC.word('layer.gaps') + ' '));
      e.appendChild(SC.el('small', '', SC.group(count(d.gaps, function (g) { return g.t === tier; }))));
      box.appendChild(e);
    }
  }

  // mapPicture is the map as it stands, with its name, legend, scale, date and notice. Tiles of other hosts cannot be taken out of the page.
  SC.mapPicture = function (map) {
    var base = map.on.base, k = map.dpr, foot = 92, out = document.createElement('canvas'), x = out.getContext('2d');
    if (base) { map.on.base = false; map.render(); }
    map.show();
    out.width = map.w * k;
    out.height = (map.h + foot) * k;
    x.scale(k, k);
    x.fillStyle = '#ffffff';
    x.fillRect(0, 0, map.w, map.h + foot);
    x.drawImage(map.canvas, 0, 0, map.w, map.h);
    function text(s, px, py, font) {
      x.font = font + ' "Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif';
      var w = x.measureText(s).width;
      x.fillStyle = 'rgba(255,255,255,0.9)';
      x.fillRect(px - 4, py - 13, Math.min(w, map.w - 20) + 8, 18);
      x.fillStyle = SC.colour.ink;
      x.fillText(s, px, py, map.w - 20);
    }
    text(map.figure.querySelector('.mapname').textContent + (SC.data.synthetic ? ' · ' + SC.data.synthetic : ''), 14, 24, '600 13px');
    var bar = map.figure.querySelector('.scale i').offsetWidth, px = 12, py = map.h + 20;
    text(map.figure.querySelector('.scale span').textContent, 14, map.h - 16, '12px');
    x.fillRect(14, map.h - 10, bar, 2);
    text('↑ ' + SC.word('map.north'), map.w - 40, 24, '13px');
    map.figure.querySelectorAll('.legend > *').forEach(function (item) {
      var sw = item.querySelector('.swatch'), w;
      x.font = (item.tagName === 'B' ? '600 ' : '') + '12px sans-serif';
      w = x.measureText(item.textContent).width + (sw ? 20 : item.querySelector('svg') ? 18 : 0);
      if (px + w > map.w - 10) { px = 12; py += 19; }
      if (sw) { x.fillStyle = getComputedStyle(sw).backgroundColor; x.fillRect(px, py - 10, 14, 11); x.strokeStyle = getComputedStyle(sw).borderTopColor; x.lineWidth = 1; x.strokeRect(px, py - 10, 14, 11); }
      var path = item.querySelector('svg path');
      if (path) { x.save(); x.translate(px + 6, py - 5); x.scale(0.8, 0.8); var p = new Path2D(path.getAttribute('d')), style = getComputedStyle(path); x.fillStyle = style.fill; x.strokeStyle = style.stroke; x.fill(p); x.stroke(p); x.restore(); }
      x.fillStyle = SC.colour.ink;
      x.fillText(item.textContent, px + (sw ? 20 : path ? 18 : 0), py);
      px += w + 14;
    });
    text(map.figure.querySelector('.source').textContent, 12, map.h + foot - 8, '11px');
    if (base) { map.on.base = true; map.redraw(); }
    return out;
  };

  // mapScale sets the scale bar to the longest round length under 120 pixels.
  SC.mapScale = function (map) {
    var mpp = SC.data.quantum / map.view.s, most = 120 * mpp, base = Math.pow(10, Math.floor(Math.log10(most)));
    var len = most >= 5 * base ? 5 * base : most >= 2 * base ? 2 * base : base, box = map.figure.querySelector('.scale');
    box.querySelector('span').textContent = len >= 1000 ? len / 1000 + ' ' + SC.word('unit.km') : len + ' ' + SC.word('unit.m');
    box.querySelector('i').style.width = len / mpp + 'px';
  };
})();
