// Reads what pack.go writes: whole numbers of seven bits a byte, small ones first; signed ones zig-zag coded; points as
// differences. Everything ends in typed arrays.
(function () {
  'use strict';

  function Reader(base64) {
    this.bytes = SC.bytes(base64);
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
      exclude: d.exclude.map(unpackLines)
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

  // cellFinder answers which cell holds a point: the nearest centre among those in the nine squares around it, as cells are almost
  // regular hexagons. The cells of square k are list[start[k]] .. list[start[k + 1]].
  SC.cellFinder = function (hex) {
    var size = Math.max(hex.radius * 2, 1), n = hex.count, x0 = Infinity, y0 = Infinity, x1 = -Infinity, y1 = -Infinity, i;
    for (i = 0; i < n; i++) { x0 = Math.min(x0, hex.x[i]); x1 = Math.max(x1, hex.x[i]); y0 = Math.min(y0, hex.y[i]); y1 = Math.max(y1, hex.y[i]); }
    if (!n) return function () { return -1; };
    while ((x1 - x0) / size * ((y1 - y0) / size) > 4e6) size *= 2;
    var across = Math.floor((x1 - x0) / size) + 1, down = Math.floor((y1 - y0) / size) + 1;
    var start = new Uint32Array(across * down + 1), list = new Uint32Array(n), square = new Uint32Array(n);
    for (i = 0; i < n; i++) {
      square[i] = Math.floor((hex.x[i] - x0) / size) + across * Math.floor((hex.y[i] - y0) / size);
      start[square[i] + 1]++;
    }
    for (i = 0; i < across * down; i++) start[i + 1] += start[i];
    var next = start.slice();
    for (i = 0; i < n; i++) list[next[square[i]]++] = i;
    return function (x, y) {
      var bx = Math.floor((x - x0) / size), by = Math.floor((y - y0) / size), best = -1, least = hex.radius * hex.radius;
      for (var cy = Math.max(by - 1, 0); cy <= Math.min(by + 1, down - 1); cy++) {
        for (var cx = Math.max(bx - 1, 0); cx <= Math.min(bx + 1, across - 1); cx++) {
          for (var k = start[cx + across * cy]; k < start[cx + across * cy + 1]; k++) {
            var c = list[k], d = (hex.x[c] - x) * (hex.x[c] - x) + (hex.y[c] - y) * (hex.y[c] - y);
            if (d < least) { least = d; best = c; }
          }
        }
      }
      return best;
    };
  };

  // gapShape is the outline of a gap as a set of rings, made of its cells when first asked for.
  var shapes = [];
  SC.gapShape = function (i) {
    if (!shapes[i]) {
      var g = SC.data.gaps[i], cells = SC.numbers(g.cells, g.count, Int32Array);
      for (var k = 1; k < cells.length; k++) cells[k] += cells[k - 1];
      shapes[i] = SC.outline(SC.world(), cells);
    }
    return shapes[i];
  };

  // outline dissolves cells: it goes along the edges that no other of the cells shares, keeping to the same side.
  SC.outline = function (world, cells) {
    var hex = world.hex, own = {}, seen = {}, xy = [], start = [0], box = [];
    cells.forEach(function (c) { own[c] = sides(world, c); });
    function outer(c, k) { return !own[own[c].next[k]]; }
    // along is the edge after edge k of cell c: the next of its own, or, where a cell of ours lies behind that, one of that cell's.
    function along(c, k) {
      k = (k + 1) % own[c].next.length;
      for (var turns = 0; !outer(c, k) && turns < 12; turns++) {
        var to = own[c].next[k], at = own[to].next.indexOf(c);
        if (at < 0) break;
        c = to;
        k = (at + 1) % own[to].next.length;
      }
      return [c, k];
    }
    cells.forEach(function (first) {
      own[first].next.forEach(function (_, edge) {
        if (!outer(first, edge) || seen[first + ':' + edge]) return;
        var at = [first, edge], x0 = Infinity, y0 = Infinity, x1 = -Infinity, y1 = -Infinity;
        do {
          var s = own[at[0]], x = s.xy[2 * at[1]], y = s.xy[2 * at[1] + 1];
          seen[at[0] + ':' + at[1]] = true;
          xy.push(x, y);
          x0 = Math.min(x0, x); y0 = Math.min(y0, y); x1 = Math.max(x1, x); y1 = Math.max(y1, y);
          at = along(at[0], at[1]);
        } while (!seen[at[0] + ':' + at[1]]);
        start.push(xy.length / 2);
        box.push(x0, y0, x1, y1);
      });
    });
    return { count: start.length - 1, xy: new Float32Array(xy), start: new Uint32Array(start), box: new Float32Array(box) };
  };

  // sides are a cell's corners, and behind the edge from each corner to the next the cell that lies there (-1 = none).
  function sides(world, c) {
    var hex = world.hex, xy = hex.odd[c] || hex.corners.subarray(12 * c, 12 * c + 12), n = xy.length / 2, next = [];
    for (var k = 0; k < n; k++) {
      var z = (k + 1) % n;
      next.push(world.find(xy[2 * k] + xy[2 * z] - hex.x[c], xy[2 * k + 1] + xy[2 * z + 1] - hex.y[c]));
    }
    return { xy: xy, next: next };
  }
})();
