// Reads what pack.go writes: whole numbers of seven bits a byte, small ones first; signed ones zig-zag coded; points as
// differences. Everything ends in typed arrays.
(function () {
  'use strict';

  function Reader(base64) {
    var s = atob(base64), n = s.length;
    this.bytes = new Uint8Array(n);
    for (var i = 0; i < n; i++) this.bytes[i] = s.charCodeAt(i);
    this.at = 0;
    this.x = 0;
    this.y = 0;
  }

  Reader.prototype.more = function () { return this.at < this.bytes.length; };

  Reader.prototype.uint = function () {
    var v = 0, factor = 1, b;
    do {
      b = this.bytes[this.at++];
      v += (b & 127) * factor;
      factor *= 128;
    } while (b & 128);
    return v;
  };

  Reader.prototype.int = function () {
    var v = this.uint();
    return v % 2 ? -(v + 1) / 2 : v / 2;
  };

  Reader.prototype.point = function () {
    this.x += this.int();
    this.y += this.int();
  };

  // numbers reads n unsigned numbers into an array of the given type.
  SC.numbers = function (base64, n, Type) {
    var r = new Reader(base64), out = new Type(n);
    for (var i = 0; i < n; i++) out[i] = r.uint();
    return out;
  };

  // unpackPoints reads n points, x and y in turn.
  SC.unpackPoints = function (base64, n) {
    var r = new Reader(base64), out = new Float32Array(2 * n);
    for (var i = 0; i < n; i++) { r.point(); out[2 * i] = r.x; out[2 * i + 1] = r.y; }
    return out;
  };

  // lines reads all lines: xy holds their points, line i is xy[2*start[i] .. 2*start[i+1]], box its extent.
  SC.lines = function (base64, count) {
    var r = new Reader(base64), xy = [], start = new Uint32Array(count + 1), box = new Float32Array(4 * count);
    for (var i = 0; i < count; i++) {
      var n = r.uint(), x0 = Infinity, y0 = Infinity, x1 = -Infinity, y1 = -Infinity;
      for (var k = 0; k < n; k++) {
        r.point();
        xy.push(r.x, r.y);
        if (r.x < x0) x0 = r.x;
        if (r.x > x1) x1 = r.x;
        if (r.y < y0) y0 = r.y;
        if (r.y > y1) y1 = r.y;
      }
      start[i + 1] = start[i] + n;
      box.set([x0, y0, x1, y1], 4 * i);
    }
    return { count: count, xy: new Float32Array(xy), start: start, box: box };
  };

  // hexagons rebuilds every cell's centre and corners: corners[12*i .. 12*i+12], six corners each. Cells with another
  // number of corners are in odd, by index.
  SC.hexagons = function (hex, count, size) {
    var r = new Reader(hex.centre), cx = new Float32Array(count), cy = new Float32Array(count), i, k;
    for (i = 0; i < count; i++) {
      r.point();
      cx[i] = r.x;
      cy[i] = r.y;
    }
    var corners = new Float32Array(12 * count), odd = {}, models = new Reader(hex.model), o = new Reader(hex.odd);
    var w = Math.max(size[0], 1), h = Math.max(size[1], 1);
    for (i = 0; i < count; i++) {
      var m = models.uint();
      if (m === 0) { odd[i] = ownCorners(o); continue; }
      for (k = 0; k < 6; k++) {
        for (var axis = 0; axis < 2; axis++) {
          var c = hex.corner[m - 1][k][axis];
          corners[12 * i + 2 * k + axis] = (axis ? cy[i] : cx[i]) + c[0] + c[1] * cx[i] / w + c[2] * cy[i] / h;
        }
      }
    }
    return { count: count, x: cx, y: cy, corners: corners, odd: odd, radius: hex.radius };
  };

  // ownCorners reads the corners of a cell that fits no model.
  function ownCorners(reader) {
    var n = reader.uint(), xy = new Float32Array(2 * n);
    for (var k = 0; k < n; k++) {
      reader.point();
      xy[2 * k] = reader.x;
      xy[2 * k + 1] = reader.y;
    }
    return xy;
  }

  // world is everything the maps draw, unpacked once and shared by all of them.
  SC.world = function () {
    if (SC.unpacked) return SC.unpacked;
    var d = SC.data, n = d.cells.count;
    var unpackLines = function (p) { var l = SC.lines(p.data, p.count); l.kind = p.kind; return l; };
    var world = {
      hex: SC.hexagons(d.cells.hex, n, d.size),
      people: SC.numbers(d.cells.people, n, Float64Array).map(function (v) { return v / 10; }),
      region: SC.numbers(d.cells.region, n, Int32Array).map(function (v) { return v - 1; }),
      parts: SC.numbers(d.cells.parts, n, Uint8Array),
      foot: d.cells.foot ? SC.numbers(d.cells.foot, n, Float64Array).map(function (v) { return v / 10; }) : null,
      tiers: d.cells.tiers.map(function (t) {
        return {
          share: SC.numbers(t.share, n, Uint16Array),
          site: SC.numbers(t.site, n, Int32Array).map(function (v) { return v - 1; }),
          cost: SC.numbers(t.cost, n, Uint32Array),
          flags: SC.numbers(t.flags, n, Uint8Array),
          year: t.year ? SC.numbers(t.year, n, Uint8Array) : null
        };
      }),
      land: unpackLines(d.land),
      roads: d.roads.map(unpackLines),
      borders: d.borders.map(unpackLines),
      exclude: d.exclude.map(unpackLines),
      gaps: d.gaps.map(unpackLines)
    };
    SC.unpacked = world;
    world.find = SC.cellFinder(world.hex);
    return world;
  };

  // lazily returns what reads a packed set of lines when first asked for it, by index.
  function lazily(list) {
    var made = [];
    return function (i) {
      if (!made[i]) made[i] = SC.lines(list[i].data, list[i].count);
      return made[i];
    };
  }
  var views = SC.data.views || { shapes: [], catch: [], reach: [] }; // pages of other kinds have none
  SC.shapeOf = lazily(views.shapes);
  SC.catchOf = lazily(views.catch);
  SC.reachOf = function (tier) {
    var bands = views.reach[tier] || [];
    if (!bands.lazy) bands.lazy = lazily(bands);
    return bands.map(function (_, k) { return bands.lazy(k); });
  };

  // cellFinder answers which cell holds a point: the nearest centre among those hashed nearby, as cells are almost regular
  // hexagons.
  SC.cellFinder = function (hex) {
    var size = Math.max(hex.radius * 2, 1), bins = {}, i;
    for (i = 0; i < hex.count; i++) {
      var key = Math.floor(hex.x[i] / size) + ':' + Math.floor(hex.y[i] / size);
      (bins[key] = bins[key] || []).push(i);
    }
    return function (x, y) {
      var bx = Math.floor(x / size), by = Math.floor(y / size), best = -1, least = hex.radius * hex.radius;
      for (var dx = -1; dx <= 1; dx++) {
        for (var dy = -1; dy <= 1; dy++) {
          (bins[(bx + dx) + ':' + (by + dy)] || []).forEach(function (c) {
            var d = (hex.x[c] - x) * (hex.x[c] - x) + (hex.y[c] - y) * (hex.y[c] - y);
            if (d < least) { least = d; best = c; }
          });
        }
      }
      return best;
    };
  };
})();
