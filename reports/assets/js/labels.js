// Numbers of gaps and names of places: placed in order of rank, dropped rather than overlapped.
(function () {
  'use strict';
  var FONT = '"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif';

  // badge draws a number in a disc.
  SC.badge = function (ctx, text, x, y, fill, ink) {
    ctx.font = '600 11px ' + FONT;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    var r = Math.max(9, ctx.measureText(text).width / 2 + 5);
    ctx.beginPath();
    ctx.arc(x, y, r, 0, 2 * Math.PI);
    ctx.fillStyle = fill;
    ctx.fill();
    ctx.lineWidth = 1.5;
    ctx.strokeStyle = ink;
    ctx.stroke();
    ctx.fillStyle = ink;
    ctx.fillText(text, x, y + 0.5);
    return r;
  };

  // badgesAt is how many gaps are numbered: twenty-odd on the whole study, more from nearer.
  SC.badgesAt = function (v) {
    var whole = Math.min(v.w / SC.data.size[0], v.h / SC.data.size[1]) / 1.5;
    return Math.round(24 * Math.max(1, Math.pow(v.s / whole, 2)));
  };

  // gapBadges numbers the gaps of the ranks first..last, the largest first.
  SC.gapBadges = function (ctx, v, tier, boxes, first, last) {
    var hits = [];
    SC.data.gaps.forEach(function (g, i) {
      if (g.t !== tier || g.r < first || g.r > last) return;
      var p = SC.toScreen(v, g.at), r = 9 + 2 * String(g.r).length;
      if (cut(v, p[0] - r, p[1] - r, p[0] + r, p[1] + r)) return;
      if (!SC.place(boxes, p[0] - r, p[1] - r, 2 * r, 2 * r)) return;
      SC.badge(ctx, String(g.r), p[0], p[1], '#ffffff', SC.colour.accent);
      hits.push({ kind: 'gap', i: i, x: p[0], y: p[1], main: true });
    });
    return hits;
  };

  // cut tells whether a box would be cut by the edge of the canvas, which lies v.inset inside the picture.
  function cut(v, x0, y0, x1, y1) {
    var ix = v.inset[0], iy = v.inset[1];
    function across(a, b, edge) { return a < edge + 3 && b > edge - 3; }
    return across(x0, x1, ix) || across(x0, x1, v.w - ix) || across(y0, y1, iy) || across(y0, y1, v.h - iy);
  }

  function name(ctx, v, boxes, text, x, y, size, colour) {
    ctx.font = size + 'px ' + FONT;
    var letters = Array.from(text);
    if (letters.length > 24) text = letters.slice(0, 23).join('') + '…';
    var w = ctx.measureText(text).width + 6, h = size * 1.3;
    if (cut(v, x - w / 2, y - h / 2, x + w / 2, y + h / 2)) return;
    if (!SC.place(boxes, x - w / 2, y - h / 2, w, h)) return;
    ctx.lineJoin = 'round';
    ctx.lineWidth = 3.5;
    ctx.strokeStyle = 'rgba(255,255,255,0.9)';
    ctx.strokeText(text, x, y);
    ctx.fillStyle = colour;
    ctx.fillText(text, x, y);
  }

  // names writes regions, coarse levels first, each level only where its regions are large enough; sites from near.
  SC.names = function (ctx, v, boxes, mpp, on) {
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    SC.data.levels.forEach(function (_, level) {
      var all = SC.data.regions.filter(function (r) { return r.l === level && r.t[0] && r.t[0][0] > 0; });
      if (level === 0 && all.length === 1) return;
      var size = Math.sqrt(SC.data.size[0] * SC.data.size[1] / Math.max(all.length, 1)) * v.s;
      if (level > 0 && size < (level > SC.data.rankLevel ? 92 : 46)) return;
      var big = level === SC.data.rankLevel || size > 190;
      all.slice().sort(function (a, b) { return b.t[0][0] - a.t[0][0]; }).forEach(function (r) {
        var p = SC.toScreen(v, r.at);
        name(ctx, v, boxes, r.n, p[0], p[1], big ? 13 : 11, big ? SC.colour.ink : '#4a5562');
      });
    });
    if (mpp > 7) return;
    SC.data.sites.forEach(function (s) {
      if (!on.sites || s.t !== SC.state.tier) return;
      var p = SC.toScreen(v, s.at);
      name(ctx, v, boxes, s.n, p[0], p[1] + 15, 10.5, SC.colour.ink);
    });
  };
})();
