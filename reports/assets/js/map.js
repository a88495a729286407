// One interactive map: a canvas that keeps the last picture with a margin around it, shows that picture while it is moved, and
// draws it anew as soon as there is time. Wheel, drag, pinch, keys; pointing at a cell or a symbol reads its figures.
(function () {
  'use strict';
  var MARGIN = 0.25; // of the size, drawn beyond each edge

  // What each map shows at first.
  var SETUPS = {
    gaps: { paint: 'share', gaps: true, sites: true, others: false, picks: false, stations: false },
    plan: { paint: 'share', gaps: false, sites: true, others: false, picks: true, stations: false, years: true },
    region: { paint: 'share', gaps: true, sites: true, others: true, picks: true, stations: false },
    stations: { paint: SC.data.cells.foot ? 'foot' : 'people', gaps: false, sites: false, others: false, picks: false, stations: true }
  };
  SC.maps = {};

  function Map2D(figure) {
    this.figure = figure;
    this.id = figure.dataset.map;
    this.canvas = figure.querySelector('canvas');
    this.ctx = this.canvas.getContext('2d');
    this.back = document.createElement('canvas');
    this.on = Object.assign({ borders: true, roads: true, excl: true, labels: true, base: !!SC.data.base, map: this }, SETUPS[this.id]);
    this.hits = [];
    this.mark = null;
    this.seen = false;
    this.resize();
    SC.mapControls(this);
    SC.mapPointer(this);
  }

  Map2D.prototype.resize = function () {
    var stage = this.canvas.parentNode;
    this.w = Math.max(120, stage.clientWidth);
    this.h = Math.max(120, stage.clientHeight);
    this.dpr = this.printing ? 3 : Math.min(window.devicePixelRatio || 1, 2);
    this.canvas.width = this.w * this.dpr;
    this.canvas.height = this.h * this.dpr;
    if (!this.view) this.home();
    this.picture = null;
    this.later(0);
  };

  // fit moves the view to show a box of the world with some room around it.
  Map2D.prototype.fit = function (x0, y0, x1, y1) {
    var s = Math.min((this.w - 56) / Math.max(x1 - x0, 1), (this.h - 48) / Math.max(y1 - y0, 1));
    this.view = { x: (x0 + x1) / 2, y: (y0 + y1) / 2, s: this.clamp(s) };
    this.later(0);
  };

  Map2D.prototype.home = function () {
    this.least = 0;
    this.fit(0, 0, SC.data.size[0], SC.data.size[1]);
    this.least = this.view.s * 0.6;
  };

  // focus shows a box, never closer than about 2 km across.
  Map2D.prototype.focus = function (b) {
    var room = 1000 / SC.data.quantum;
    this.fit(b[0] - room, b[1] - room, b[2] + room, b[3] + room);
  };

  Map2D.prototype.clamp = function (s) {
    return Math.max(this.least || 0, Math.min(s, SC.data.quantum / 0.6));
  };

  Map2D.prototype.zoom = function (factor, px, py) {
    var v = this.view, s = this.clamp(v.s * factor);
    if (px === undefined) { px = this.w / 2; py = this.h / 2; }
    v.x += (px - this.w / 2) * (1 / v.s - 1 / s);
    v.y += (py - this.h / 2) * (1 / v.s - 1 / s);
    v.s = s;
    this.changed();
  };

  Map2D.prototype.pan = function (dx, dy) {
    this.view.x -= dx / this.view.s;
    this.view.y -= dy / this.view.s;
    this.changed();
  };

  // changed shows the old picture at its new place at once and draws a new one when the movement pauses, or at once when the
  // old one no longer fills the canvas and drawing is quick.
  Map2D.prototype.changed = function () {
    this.hold();
    var p = this.picture, v = this.view;
    var inside = p && p.s === v.s && Math.abs(p.x - v.x) * v.s < this.w * MARGIN && Math.abs(p.y - v.y) * v.s < this.h * MARGIN;
    this.later(inside ? 160 : this.spent < 12 ? 0 : 90);
  };

  // hold keeps the view where some of the study can still be seen.
  Map2D.prototype.hold = function () {
    this.view.x = Math.max(0, Math.min(SC.data.size[0], this.view.x));
    this.view.y = Math.max(0, Math.min(SC.data.size[1], this.view.y));
  };

  Map2D.prototype.later = function (wait) {
    var self = this;
    clearTimeout(this.timer);
    if (wait > 0) this.timer = setTimeout(function () { self.picture = null; self.frame(); }, wait);
    else this.picture = null;
    this.frame();
  };

  Map2D.prototype.frame = function () {
    var self = this;
    if (this.asked || !this.seen) return;
    this.asked = true;
    requestAnimationFrame(function () { self.asked = false; self.show(); });
  };

  // show puts the picture on the canvas, drawing it first when there is none.
  Map2D.prototype.show = function () {
    if (!this.told) SC.mapLegend(this);
    if (!this.picture) this.render();
    var p = this.picture, v = this.view, k = v.s / p.s, ctx = this.ctx;
    ctx.setTransform(this.dpr, 0, 0, this.dpr, 0, 0);
    ctx.fillStyle = SC.world().land.count ? SC.colour.ground : SC.colour.land;
    ctx.fillRect(0, 0, this.w, this.h);
    ctx.drawImage(this.back, this.w / 2 + (p.x - v.x) * v.s - p.w / 2 * k, this.h / 2 + (p.y - v.y) * v.s - p.h / 2 * k, p.w * k, p.h * k);
    var screen = this.screen();
    if (this.mark && this.mark.kind === 'cell') SC.hexOutline(ctx, screen, this.mark.i);
    if (this.mark && this.mark.kind === 'gap') SC.gapOutline(ctx, screen, this.mark.i);
    if (this.mark && this.mark.at) this.ring(screen);
    if (this.mark && this.mark.box) this.frameBox(screen);
  };

  Map2D.prototype.ring = function (screen) {
    var p = SC.toScreen(screen, this.mark.at);
    this.ctx.beginPath();
    this.ctx.arc(p[0], p[1], 13, 0, 2 * Math.PI);
    this.ctx.lineWidth = 2.5;
    this.ctx.strokeStyle = SC.colour.accent;
    this.ctx.stroke();
  };

  Map2D.prototype.frameBox = function (screen) {
    var b = this.mark.box, p = SC.toScreen(screen, [b[0], b[1]]), q = SC.toScreen(screen, [b[2], b[3]]);
    this.ctx.lineWidth = 2;
    this.ctx.strokeStyle = SC.colour.accent;
    this.ctx.setLineDash([7, 4]);
    this.ctx.strokeRect(p[0] - 12, p[1] - 12, q[0] - p[0] + 24, q[1] - p[1] + 24);
    this.ctx.setLineDash([]);
  };

  Map2D.prototype.screen = function () {
    return { x: this.view.x, y: this.view.y, s: this.view.s, w: this.w, h: this.h, dpr: this.dpr };
  };

  Map2D.prototype.render = function () {
    var start = performance.now(), v = this.view, m = this.printing ? 0 : MARGIN;
    var p = { x: v.x, y: v.y, s: v.s, w: Math.round(this.w * (1 + 2 * m)), h: Math.round(this.h * (1 + 2 * m)), dpr: this.dpr };
    p.inset = [(p.w - this.w) / 2, (p.h - this.h) / 2];
    if (this.back.width !== p.w * p.dpr || this.back.height !== p.h * p.dpr) {
      this.back.width = p.w * p.dpr;
      this.back.height = p.h * p.dpr;
    }
    this.on.paint = SC.paints[this.paint || SETUPS[this.id].paint](SC.world(), SC.state.tier, SETUPS[this.id].years ? SC.state.year : 0, this);
    this.on.outline = this.outline === undefined ? -1 : this.outline;
    this.hits = SC.draw(this.back.getContext('2d'), p, this.on);
    this.picture = p;
    this.spent = performance.now() - start;
    SC.mapScale(this);
  };

  // redraw after a change of tier, year or layers.
  Map2D.prototype.redraw = function () {
    this.picture = null;
    this.mark = null;
    this.told = false; // the legend follows with the picture
    this.frame();
  };

  // at says what lies under a place of the canvas: a symbol or number within reach, or a cell.
  Map2D.prototype.at = function (px, py) {
    var best = null, least = 12 * 12, p = this.picture;
    if (!p) return null;
    var wx = this.view.x + (px - this.w / 2) / this.view.s, wy = this.view.y + (py - this.h / 2) / this.view.s;
    var bx = (wx - p.x) * p.s + p.w / 2, by = (wy - p.y) * p.s + p.h / 2;
    this.hits.forEach(function (h) {
      var d = (h.x - bx) * (h.x - bx) + (h.y - by) * (h.y - by) + (h.main ? 0 : 40);
      if (d < least) { least = d; best = h; }
    });
    if (best) return best;
    var c = SC.world().find(wx, wy);
    return c >= 0 ? { kind: 'cell', i: c } : null;
  };

  SC.startMaps = function () {
    document.querySelectorAll('figure.map').forEach(function (f) { SC.maps[f.dataset.map] = new Map2D(f); });
    // A map is first drawn when it comes near the window.
    var near = new IntersectionObserver(function (entries) {
      entries.forEach(function (e) {
        if (!e.isIntersecting) return;
        SC.maps[e.target.dataset.map].seen = true;
        SC.maps[e.target.dataset.map].frame();
      });
    }, { rootMargin: '300px' });
    var sizes = new ResizeObserver(function (entries) {
      entries.forEach(function (e) {
        var map = SC.maps[e.target.parentNode.dataset.map];
        if (map.w === e.target.clientWidth && map.h === e.target.clientHeight) return;
        map.resize();
        map.home();
        if (map.seen) map.show(); // before the page is painted: a canvas that changed its size is empty
      });
    });
    Object.keys(SC.maps).forEach(function (id) {
      near.observe(SC.maps[id].figure);
      sizes.observe(SC.maps[id].figure.querySelector('.stage'));
    });
    SC.on(function (what) { if (what !== 'rows') Object.keys(SC.maps).forEach(function (id) { SC.maps[id].redraw(); }); });
  };
})();
