// Draws one map picture on a 2-D canvas. A view is {x, y, s, w, h, dpr, inset}: the world point in the
// middle, pixels per quantum, size, and how far inside the picture the canvas lies.
// Everything outside the picture is skipped, and what would be smaller than a pixel is drawn plainer.
(function () {
  'use strict';

  function visible(v, x0, y0, x1, y1) {
    var hw = v.w / 2 / v.s, hh = v.h / 2 / v.s;
    return x1 >= v.x - hw && x0 <= v.x + hw && y1 >= v.y - hh && y0 <= v.y + hh;
  }

  // trace adds one line of a set to the current path, skipping points closer than a third of a pixel to the one before.
  function trace(ctx, v, l, i, close) {
    var a = l.start[i], b = l.start[i + 1], ox = v.w / 2 - v.x * v.s, oy = v.h / 2 - v.y * v.s, px = 0, py = 0;
    for (var k = a; k < b; k++) {
      var x = l.xy[2 * k] * v.s + ox, y = l.xy[2 * k + 1] * v.s + oy;
      if (k === a) ctx.moveTo(x, y);
      else if (k < b - 1 && Math.abs(x - px) + Math.abs(y - py) < 0.35) continue;
      else ctx.lineTo(x, y);
      px = x;
      py = y;
    }
    if (close) ctx.closePath();
  }

  function traceAll(ctx, v, l, close) {
    ctx.beginPath();
    for (var i = 0; i < l.count; i++) {
      if (visible(v, l.box[4 * i], l.box[4 * i + 1], l.box[4 * i + 2], l.box[4 * i + 3])) trace(ctx, v, l, i, close);
    }
  }

  function land(ctx, v, world) {
    ctx.fillStyle = world.land.count ? SC.colour.ground : SC.colour.land;
    ctx.fillRect(0, 0, v.w, v.h);
    if (!world.land.count) return;
    ctx.fillStyle = SC.colour.land;
    traceAll(ctx, v, world.land, true);
    ctx.fill('evenodd');
  }

  // cells fills the hexagons class by class, a few hundred a path. Below 1.3 pixels they are squares.
  function cells(ctx, v, world, paint) {
    var hex = world.hex, r = hex.radius * v.s, lists = paint.classes.map(function () { return []; });
    for (var i = 0; i < hex.count; i++) {
      if (!visible(v, hex.x[i] - hex.radius, hex.y[i] - hex.radius, hex.x[i] + hex.radius, hex.y[i] + hex.radius)) continue;
      var c = paint.of(i);
      if (c >= 0) lists[c].push(i);
    }
    lists.forEach(function (list, c) {
      ctx.fillStyle = paint.classes[c].colour;
      if (r < 1.3) squares(ctx, v, hex, list, Math.max(1, 2 * r));
      else polygons(ctx, v, hex, list);
    });
  }

  function squares(ctx, v, hex, list, size) {
    var ox = v.w / 2 - v.x * v.s - size / 2, oy = v.h / 2 - v.y * v.s - size / 2;
    list.forEach(function (i) { ctx.fillRect(hex.x[i] * v.s + ox, hex.y[i] * v.s + oy, size, size); });
  }

  function polygons(ctx, v, hex, list) {
    // From six pixels on a hair of ground shows between cells, so they can be counted.
    var shrink = hex.radius * v.s > 6 ? 0.965 : 1;
    for (var at = 0; at < list.length; at += 400) {
      ctx.beginPath();
      for (var n = at; n < Math.min(list.length, at + 400); n++) hexPath(ctx, v, hex, list[n], shrink);
      ctx.fill();
    }
  }

  function hexPath(ctx, v, hex, i, shrink) {
    var own = hex.odd[i], xy = own || hex.corners, from = own ? 0 : 12 * i, to = own ? own.length : from + 12;
    var cx = (hex.x[i] - v.x) * v.s + v.w / 2, cy = (hex.y[i] - v.y) * v.s + v.h / 2, f = v.s * shrink;
    for (var k = from; k < to; k += 2) {
      var x = cx + (xy[k] - hex.x[i]) * f, y = cy + (xy[k + 1] - hex.y[i]) * f;
      if (k === from) ctx.moveTo(x, y);
      else ctx.lineTo(x, y);
    }
    ctx.closePath();
  }

  // exclusions ends at the outline of the study, where it has one: what lies beyond is not its business.
  function exclusions(ctx, v, world) {
    ctx.save();
    if (world.land.count) { traceAll(ctx, v, world.land, true); ctx.clip('evenodd'); }
    exclusionsInside(ctx, v, world);
    ctx.restore();
  }

  function exclusionsInside(ctx, v, world) {
    SC.data.exclude.forEach(function (e, i) {
      traceAll(ctx, v, world.exclude[i], true);
      if (e.kind === 'water') {
        // A river stays a line of water where its bed is thinner than one.
        ctx.fillStyle = ctx.strokeStyle = SC.colour.water;
        ctx.lineWidth = 1.4;
        ctx.lineJoin = 'round';
        ctx.fill('evenodd');
        ctx.stroke();
        return;
      }
      ctx.save();
      ctx.clip('evenodd');
      hatch(ctx, v);
      ctx.restore();
      traceAll(ctx, v, world.exclude[i], true);
      ctx.lineWidth = 0.8;
      ctx.strokeStyle = SC.colour.hatch;
      ctx.stroke();
    });
  }

  // hatch draws slanting lines over the clipped area, tied to the ground so they do not swim while panning.
  function hatch(ctx, v) {
    var gap = 7, off = ((v.w / 2 - v.x * v.s) + (v.h / 2 - v.y * v.s)) % gap;
    ctx.beginPath();
    for (var x = off - v.h - gap; x < v.w + gap; x += gap) {
      ctx.moveTo(x, v.h);
      ctx.lineTo(x + v.h, 0);
    }
    ctx.lineWidth = 0.7;
    ctx.strokeStyle = SC.colour.hatch;
    ctx.stroke();
  }

  // roads by rank: the small ones only from near.
  function roads(ctx, v, world, mpp) {
    var far = [Infinity, 70, 16, 5], width = [1.7, 1.1, 0.8, 0.6];
    ctx.lineJoin = 'round';
    for (var i = world.roads.length - 1; i >= 0; i--) {
      var l = world.roads[i];
      if (mpp > far[l.kind]) continue;
      traceAll(ctx, v, l, false);
      ctx.strokeStyle = SC.colour.road[l.kind];
      ctx.lineWidth = width[l.kind] * (mpp < 6 ? 2 : mpp < 20 ? 1.3 : 1);
      ctx.stroke();
    }
  }

  // borders by level; a deeper level appears when its regions are large enough on the picture.
  function borders(ctx, v, world) {
    ctx.strokeStyle = SC.colour.border;
    world.borders.slice().reverse().forEach(function (l) {
      var n = SC.data.regions.filter(function (r) { return r.l === l.kind; }).length;
      var size = Math.sqrt(SC.data.size[0] * SC.data.size[1] / Math.max(n, 1)) * v.s;
      if (l.kind > 0 && size < 26) return;
      traceAll(ctx, v, l, false);
      ctx.lineWidth = l.kind === 0 ? 1.8 : l.kind === 1 ? 1.1 : 0.7;
      ctx.globalAlpha = l.kind < 2 ? 0.85 : 0.5;
      ctx.setLineDash(l.kind === 0 ? [] : l.kind === 1 ? [8, 2.5, 1.5, 2.5] : [3, 3]);
      ctx.stroke();
    });
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
  }

  function gaps(ctx, v, world, tier) {
    SC.data.gaps.forEach(function (g, i) {
      if (g.t !== tier) return;
      traceAll(ctx, v, SC.gapShape(i), true);
      ctx.fillStyle = 'rgba(166,27,41,0.10)';
      ctx.fill('evenodd');
      ctx.strokeStyle = SC.colour.accent;
      ctx.lineWidth = g.r <= 20 ? 1.5 : 0.8;
      ctx.stroke();
    });
  }

  SC.traceAll = traceAll;

  SC.toScreen = function (v, at) {
    return [(at[0] - v.x) * v.s + v.w / 2, (at[1] - v.y) * v.s + v.h / 2];
  };

  // symbol draws a path of style.js at a place: filled, or hollow.
  SC.symbol = function (ctx, path, x, y, scale, fill, stroke) {
    ctx.save();
    ctx.translate(x, y);
    ctx.scale(scale, scale);
    var p = new Path2D(path);
    ctx.lineWidth = 1.6 / scale;
    ctx.strokeStyle = stroke;
    ctx.fillStyle = fill;
    ctx.fill(p);
    ctx.stroke(p);
    ctx.restore();
  };

  // sites returns the places it drew on, so that a pointer can find them.
  function sites(ctx, v, on, tier) {
    var hits = [];
    SC.data.sites.forEach(function (s, i) {
      if (s.t !== tier && !on.others) return;
      var p = SC.toScreen(v, s.at), shape = SC.shape(s.t), main = s.t === tier;
      if (p[0] < -9 || p[1] < -9 || p[0] > v.w + 9 || p[1] > v.h + 9) return;
      ctx.globalAlpha = main ? 1 : 0.5;
      var fill = s.s === 0 ? SC.colour.ink : '#ffffff', k = shape.size * (main ? 0.95 : 0.62) * v.symbol;
      SC.symbol(ctx, shape.path, p[0], p[1], k, fill, s.s === 0 ? '#ffffff' : SC.colour.ink);
      hits.push({ kind: 'site', i: i, x: p[0], y: p[1], main: main });
    });
    ctx.globalAlpha = 1;
    return hits;
  }

  function picks(ctx, v, on, tier, year) {
    var hits = [], last = year > 0 ? SC.data.years[year - 1] : -1;
    SC.data.picks.forEach(function (k, i) {
      if (k.t !== tier && !on.others) return;
      var p = SC.toScreen(v, k.at), shape = SC.shape(k.t), main = k.t === tier, built = k.y <= last;
      if (p[0] < -9 || p[1] < -9 || p[0] > v.w + 9 || p[1] > v.h + 9) return;
      ctx.globalAlpha = main ? (built ? 1 : 0.75) : 0.45;
      SC.symbol(ctx, shape.path, p[0], p[1], shape.size * (main ? (built ? 1.12 : 0.85) : 0.7) * v.symbol,
        built ? SC.colour.accent : '#ffffff', built ? '#ffffff' : SC.colour.accent);
      hits.push({ kind: 'pick', i: i, x: p[0], y: p[1], main: main });
    });
    ctx.globalAlpha = 1;
    return hits;
  }

  function stations(ctx, v, boxes) {
    return SC.data.stations.map(function (s, i) {
      var p = SC.toScreen(v, s.at);
      SC.badge(ctx, String(s.r), p[0], p[1], SC.colour.accent, '#ffffff');
      SC.place(boxes, p[0] - 10, p[1] - 10, 20, 20);
      return { kind: 'station', i: i, x: p[0], y: p[1], main: true };
    });
  }

  // place takes a box on the picture if nothing else has it.
  SC.place = function (boxes, x, y, w, h) {
    for (var i = 0; i < boxes.length; i++) {
      var b = boxes[i];
      if (x < b[0] + b[2] && b[0] < x + w && y < b[1] + b[3] && b[1] < y + h) return false;
    }
    boxes.push([x, y, w, h]);
    return true;
  };

  // SC.draw draws the whole picture and returns what a pointer can hit. on says which layers are shown.
  SC.draw = function (ctx, v, on) {
    var world = SC.world(), tier = SC.state.tier, mpp = SC.data.quantum / v.s, boxes = [], hits = [];
    v.symbol = mpp < 8 ? 1.35 : mpp < 25 ? 1.1 : mpp < 45 ? 0.85 : 0.66;
    ctx.setTransform(v.dpr, 0, 0, v.dpr, 0, 0);
    land(ctx, v, world);
    if (on.base) SC.drawBase(ctx, v, on.map);
    if (on.base) ctx.globalAlpha = 0.55;
    if (on.paint.region) SC.choropleth(ctx, v, on.paint);
    else cells(ctx, v, world, on.paint);
    ctx.globalAlpha = 1;
    if (on.reach) SC.drawReach(ctx, v, tier);
    if (on.excl) exclusions(ctx, v, world);
    if (on.roads) roads(ctx, v, world, mpp);
    if (on.borders) borders(ctx, v, world);
    if (on.catch) SC.drawCatch(ctx, v, tier);
    if (on.outline >= 0) SC.drawOutline(ctx, v, on.outline);
    if (on.gaps) gaps(ctx, v, world, tier);
    if (on.entities) hits = hits.concat(SC.drawEntities(ctx, v));
    if (on.sites) hits = hits.concat(sites(ctx, v, on, tier));
    if (on.picks) hits = hits.concat(picks(ctx, v, on, tier, SC.state.year));
    if (on.stations) hits = hits.concat(stations(ctx, v, boxes));
    // The first gaps are numbered before anything is named, the others after.
    var most = SC.badgesAt(v);
    if (on.gaps) hits = hits.concat(SC.gapBadges(ctx, v, tier, boxes, 1, Math.min(10, most)));
    if (on.labels) SC.names(ctx, v, boxes, mpp, on);
    if (on.gaps) hits = hits.concat(SC.gapBadges(ctx, v, tier, boxes, 11, most));
    return hits;
  };

  SC.hexOutline = function (ctx, v, i) {
    ctx.beginPath();
    hexPath(ctx, v, SC.world().hex, i, 1);
    ctx.strokeStyle = SC.colour.ink;
    ctx.lineWidth = 2;
    ctx.stroke();
  };

  SC.gapOutline = function (ctx, v, i) {
    traceAll(ctx, v, SC.gapShape(i), true);
    ctx.strokeStyle = SC.colour.accent;
    ctx.lineWidth = 3.5;
    ctx.stroke();
  };
})();
