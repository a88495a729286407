// What surrounds a map: layer switches, legend with counts, scale bar, pointer, keys and the tooltip.
(function () {
  'use strict';

  SC.mapControls = function (map) {
    var box = map.figure.querySelector('.layerbox'), name = 'paint-' + map.id, initial = map.on.paint;
    box.appendChild(SC.el('h4', '', SC.word('map.colour')));
    ['share', 'cost', 'uncovered', 'people', 'none'].forEach(function (p) {
      box.appendChild(choice('radio', name, p, SC.word('paint.' + p), p === initial, function () { map.paint = p; map.redraw(); }));
    });
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
    map.canvas.addEventListener('keydown', function (e) { key(map, e); });
  };

  // layersOf leaves out switches for what the study does not have.
  function layersOf(map) {
    var d = SC.data, has = { gaps: d.gaps.length, sites: d.sites.length, others: d.tiers.length > 1, picks: d.picks.length, stations: d.stations.length,
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
      line('', SC.word('tip.gained', k.g));
    } else if (hit.kind === 'station') {
      var t = d.stations[hit.i];
      line('head', t.r + ' ' + t.n);
      line('', SC.word('tip.score', t.s));
    } else if (hit.kind === 'gap') {
      var g = d.gaps[hit.i];
      line('head', g.n);
      line('', SC.word('tip.gap', g.r, g.p));
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
    var box = map.figure.querySelector('.legend'), d = SC.data, world = SC.world(), tier = SC.state.tier;
    var paintName = map.paint || map.figure.querySelector('[name="paint-' + map.id + '"]:checked').value;
    var paint = SC.paints[paintName](world, tier, map.id === 'plan' ? SC.state.year : 0);
    var counts = paint.classes.map(function () { return 0; });
    for (var i = 0; i < world.hex.count; i++) { var c = paint.of(i); if (c >= 0) counts[c]++; }
    map.figure.querySelectorAll('[data-tiername]').forEach(function (e) { e.textContent = d.tiers[tier].name; });
    box.textContent = '';
    if (paint.classes.length) box.appendChild(SC.el('b', '', SC.word('paint.' + paintName) + (paint.unit ? '（' + paint.unit + '）' : '')));
    paint.classes.forEach(function (cl, k) {
      var item = SC.el('span', 'item'), sw = SC.el('i', 'swatch');
      sw.style.background = cl.colour;
      item.appendChild(sw);
      item.appendChild(document.createTextNode(cl.label + ' '));
      item.appendChild(SC.el('small', '', SC.word('class.cells', SC.group(counts[k]))));
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
    if (map.on.gaps) {
      var e = SC.el('span', 'item');
      e.appendChild(SC.el('i', 'swatch gapswatch'));
      e.appendChild(document.createTextNode(SC.word('layer.gaps') + ' '));
      e.appendChild(SC.el('small', '', SC.group(count(d.gaps, function (g) { return g.t === tier; }))));
      box.appendChild(e);
    }
  }

  // mapScale sets the scale bar to the longest round length under 120 pixels.
  SC.mapScale = function (map) {
    var mpp = SC.data.quantum / map.view.s, most = 120 * mpp, base = Math.pow(10, Math.floor(Math.log10(most)));
    var len = most >= 5 * base ? 5 * base : most >= 2 * base ? 2 * base : base, box = map.figure.querySelector('.scale');
    box.querySelector('span').textContent = len >= 1000 ? len / 1000 + ' ' + SC.word('unit.km') : len + ' ' + SC.word('unit.m');
    box.querySelector('i').style.width = len / mpp + 'px';
  };
})();
