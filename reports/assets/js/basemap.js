// An online base map under the study's own, where the study is set up for one: square Web Mercator tiles. Without a network, or without that
// setting, nothing is asked for and nothing is missing.
(function () {
  'use strict';
  var A = 6378245, E2 = 0.00669342162296594323, tiles = {}, order = [];

  function wave(x, y, c, last) {
    var p = Math.PI;
    return (20 * Math.sin(6 * x * p) + 20 * Math.sin(2 * x * p)) * 2 / 3 + c[0] * (20 * Math.sin(last * p) + 40 * Math.sin(last / 3 * p)) * 2 / 3 +
      c[1] * (c[2] * Math.sin(last / 12 * p) + c[3] * Math.sin(last * p / 30)) * 2 / 3;
  }

  // shift is how far GCJ-02 moves a WGS84 place, in degrees of longitude and latitude; nothing outside China.
  function shift(lon, lat) {
    if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return [0, 0];
    var x = lon - 105, y = lat - 35;
    var dlat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + wave(x, y, [1, 1, 160, 320], y);
    var dlon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + wave(x, y, [1, 1, 150, 300], x);
    var rad = lat / 180 * Math.PI, m = Math.sin(rad);
    m = 1 - E2 * m * m;
    return [dlon * 180 / (A / Math.sqrt(m) * Math.cos(rad) * Math.PI), dlat * 180 / (A * (1 - E2) / (m * Math.sqrt(m)) * Math.PI)];
  }

  // toWGS takes a GCJ-02 place back: three rounds bring it to less than a millimetre.
  SC.toWGS = function (lon, lat) {
    var x = lon, y = lat;
    for (var k = 0; k < 3; k++) { var s = shift(x, y); x = lon - s[0]; y = lat - s[1]; }
    return [x, y];
  };

  function tile(url, map) {
    var t = tiles[url];
    if (!t) {
      t = tiles[url] = new Image();
      t.onload = function () { map.redraw(); };
      t.src = url;
      order.push(url);
      if (order.length > 400) delete tiles[order.shift()];
    }
    return t.complete && t.naturalWidth ? t : null;
  }

  // drawBase draws the tiles that the picture needs. frame is longitude and Mercator ordinate of the origin, and quanta a radian.
  SC.drawBase = function (ctx, v, map) {
    var base = SC.data.base, f = SC.data.frame, world = 2 * Math.PI * f[2] * v.s;
    var z = Math.max(1, Math.min(base.max, Math.round(Math.log(world / 256) / Math.LN2))), n = Math.pow(2, z), size = world / n;
    var west = (f[0] + Math.PI) * f[2], north = (Math.PI - f[1]) * f[2];
    function index(q, off) { return Math.floor((q + off) * v.s / size); }
    var x0 = index(v.x - v.w / 2 / v.s, west) - 1, x1 = index(v.x + v.w / 2 / v.s, west) + 1;
    var y0 = index(v.y - v.h / 2 / v.s, north) - 1, y1 = index(v.y + v.h / 2 / v.s, north) + 1;
    base.urls.forEach(function (url) {
      for (var x = x0; x <= x1; x++) for (var y = Math.max(0, y0); y <= Math.min(n - 1, y1); y++) {
        var img = tile(url.replace('{z}', z).replace('{x}', (x % n + n) % n).replace('{y}', y), map);
        if (!img) continue;
        var at = place(x, y, n, size, base.gcj02), p = [(at[0] - west - v.x) * v.s + v.w / 2, (at[1] - north - v.y) * v.s + v.h / 2];
        ctx.drawImage(img, p[0], p[1], size + 0.5, size + 0.5);
      }
    });
    // place is the north-west corner of a tile, in quanta from the corner of the world; a shifted tile is moved back by what its middle was moved.
    function place(x, y, n, size, gcj) {
      var q = size / v.s, at = [x * q, y * q];
      if (!gcj) return at;
      var lon = (x + 0.5) / n * 360 - 180, ord = Math.PI - (y + 0.5) / n * 2 * Math.PI, lat = Math.atan(Math.sinh(ord)) * 180 / Math.PI, w = SC.toWGS(lon, lat);
      var ord2 = Math.log(Math.tan(Math.PI / 4 + w[1] * Math.PI / 360));
      return [at[0] + (w[0] - lon) * Math.PI / 180 * f[2], at[1] + (ord - ord2) * f[2]];
    }
  };
})();
