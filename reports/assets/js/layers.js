// Layers that are shown when asked for: regions by class, the land within reach, catchments, entities, the outline of a region.
(function () {
  'use strict';

  SC.choropleth = function (ctx, v, paint) {
    SC.data.regions.forEach(function (r, i) {
      if (r.l !== paint.level) return;
      SC.traceAll(ctx, v, SC.shapeOf(i), true);
      ctx.fillStyle = paint.classes[paint.region(i)].colour;
      ctx.fill('evenodd');
    });
  };

  // drawReach draws the largest band first, each darker than the one around it.
  SC.drawReach = function (ctx, v, tier) {
    SC.reachOf(tier).slice().reverse().forEach(function (l) {
      SC.traceAll(ctx, v, l, true);
      ctx.fillStyle = 'rgba(31,90,138,0.16)';
      ctx.fill('evenodd');
      ctx.lineWidth = 0.8;
      ctx.strokeStyle = '#1f5a8a';
      ctx.stroke();
    });
  };

  SC.drawCatch = function (ctx, v, tier) {
    if (!SC.data.views.catch[tier]) return;
    SC.traceAll(ctx, v, SC.catchOf(tier), true);
    ctx.lineWidth = 1.1;
    ctx.strokeStyle = '#7a5a12';
    ctx.setLineDash([5, 3]);
    ctx.stroke();
    ctx.setLineDash([]);
  };

  SC.drawOutline = function (ctx, v, r) {
    SC.traceAll(ctx, v, SC.shapeOf(r), true);
    ctx.lineWidth = 3;
    ctx.strokeStyle = SC.colour.ink;
    ctx.stroke();
  };

  SC.ENTITY = 'M-5-5L5 5M5-5L-5 5';
  SC.drawEntities = function (ctx, v) {
    var hits = [];
    SC.data.views.entities.forEach(function (e, i) {
      var p = SC.toScreen(v, e.at), t = e.t[SC.state.tier];
      if (p[0] < -9 || p[1] < -9 || p[0] > v.w + 9 || p[1] > v.h + 9) return;
      ctx.strokeStyle = t && t[0] ? SC.colour.ink : SC.colour.accent;
      ctx.lineWidth = 2;
      ctx.beginPath();
      ctx.moveTo(p[0] - 4, p[1] - 4); ctx.lineTo(p[0] + 4, p[1] + 4);
      ctx.moveTo(p[0] + 4, p[1] - 4); ctx.lineTo(p[0] - 4, p[1] + 4);
      ctx.stroke();
      hits.push({ kind: 'entity', i: i, x: p[0], y: p[1], main: true });
    });
    return hits;
  };
})();
