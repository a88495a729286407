// Colours, symbols and classes. One hue (blue) for coverage, ochre for people, a deep red only for what needs attention or is
// proposed, greys for the ground. The same values stand in charts.go and report.css.
(function () {
  'use strict';
  var C = SC.colour = {
    ink: '#1f2a37', quiet: '#6b7684', accent: '#a61b29', land: '#ffffff', ground: '#eef1f4', water: '#b4d0e4',
    hatch: '#9aa5b1', road: ['#9fa9b3', '#b1b9c2', '#c3cad1', '#d0d6dc'], border: '#55606d'
  };
  var blue = ['#c9ddec', '#86b4d6', '#4a8bbd'];
  var near = ['#1f5a8a', '#3f7fae', '#72a6cc', '#a9cbe3', '#d5e6f2'];
  var ochre = ['#f4ead3', '#e6d09f', '#cdaa63', '#a27c36', '#6e501c'];
  var red = ['#f3d3d0', '#e5a7a5', '#d07678', '#b5404b', '#861320'];
  var pale = '#dcd8d0', served = '#e3e8ed', planned = '#dd9f9b';

  // Shapes by tier, as SVG paths in a box of 16 around the origin; the first tier is the largest.
  SC.shapes = [
    { path: 'M-5.6-5.6H5.6V5.6H-5.6Z', size: 1.15 },
    { path: 'M0-5.6A5.6 5.6 0 1 1 0 5.6A5.6 5.6 0 1 1 0-5.6Z', size: 0.95 },
    { path: 'M0-6.2L5.8 4.4H-5.8Z', size: 0.8 },
    { path: 'M0-6.2L6.2 0L0 6.2L-6.2 0Z', size: 0.75 },
    { path: 'M-2-6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z', size: 0.75 }
  ];
  SC.shape = function (tier) { return SC.shapes[Math.min(tier, SC.shapes.length - 1)]; };

  // between names a class of people from break to break.
  function between(breaks, k) {
    if (k === 0) return '< ' + SC.group(breaks[0]);
    if (k === breaks.length) return '≥ ' + SC.group(breaks[k - 1]);
    return SC.group(breaks[k - 1]) + '–' + SC.group(breaks[k]);
  }

  function step(breaks, v) {
    var k = 0;
    while (k < breaks.length && v >= breaks[k]) k++;
    return k;
  }

  // pick of n colours from a ramp, spread evenly, always with its dark end.
  function spread(ramp, n) {
    var out = [];
    for (var k = 0; k < n; k++) out.push(ramp[n === 1 ? ramp.length - 1 : Math.round(k * (ramp.length - 1) / (n - 1))]);
    return out;
  }

  // paints: how cells can be coloured. Each gives the classes {colour, label} and a function cell -> class (-1 = not drawn).
  SC.paints = {
    share: function (world, tier, year) {
      var t = world.tiers[tier], classes = [
        { colour: pale, label: SC.word('class.none') }, { colour: blue[0], label: SC.word('class.some') },
        { colour: blue[1], label: SC.word('class.most') }, { colour: blue[2], label: SC.word('class.all') }];
      if (year > 0 && t.year) {
        classes.push({ colour: planned, label: SC.word('class.year', SC.data.years[0] + (year > 1 ? '–' + SC.data.years[year - 1] : '')) });
      }
      return { classes: classes, of: function (i) {
        if (year > 0 && t.year && t.year[i] > 0 && t.year[i] <= year) return 4;
        var s = t.share[i];
        return s === 0 ? 0 : s < 500 ? 1 : s < 1000 ? 2 : 3;
      } };
    },
    cost: function (world, tier) {
      var t = world.tiers[tier], def = SC.data.tiers[tier], n = near.length, classes = near.map(function (c, k) {
        var from = def.max * k / n, to = def.max * (k + 1) / n;
        if (def.unit === 's') { return { colour: c, label: Math.round(from / 6) / 10 + '–' + SC.cost(to, 's') }; }
        return { colour: c, label: SC.group(from) + '–' + SC.cost(to, 'm') };
      });
      classes.push({ colour: pale, label: SC.word('class.beyond') });
      return { classes: classes, of: function (i) {
        if (t.site[i] < 0) return n;
        return Math.max(0, Math.min(n - 1, Math.ceil(t.cost[i] / def.max * n) - 1));
      } };
    },
    people: function (world) {
      var b = SC.data.cells.breaks, colours = spread(ochre, b.length + 1);
      return { unit: SC.word('class.people'), classes: colours.map(function (c, k) { return { colour: c, label: between(b, k) }; }),
        of: function (i) { return step(b, world.people[i]); } };
    },
    uncovered: function (world, tier) {
      var t = world.tiers[tier], b = SC.data.cells.breaks, colours = spread(red, b.length + 1);
      var classes = colours.map(function (c, k) { return { colour: c, label: between(b, k) }; });
      classes.push({ colour: served, label: SC.word('class.all') });
      return { unit: SC.word('class.people'), classes: classes, of: function (i) {
        var u = world.people[i] * (1000 - t.share[i]) / 1000;
        return t.share[i] >= 1000 ? b.length + 1 : step(b, u);
      } };
    },
    foot: function (world) {
      var b = SC.data.cells.steps || [], colours = spread(ochre, b.length + 1);
      return { unit: SC.word('class.foot'), classes: colours.map(function (c, k) { return { colour: c, label: between(b, k) }; }),
        of: function (i) { return step(b, world.foot[i]); } };
    },
    none: function () { return { classes: [], of: function () { return -1; } }; }
  };

  // Choropleths colour whole regions of one level: by share, people unserved, or people.
  var ramps = { effective: ['#e4eef6', '#b9d3e8', '#86b4d6', '#4a8bbd', '#1f5a8a'], unserved: red, people: ochre };
  function valueOf(measure, t) {
    if (measure === 'effective') return t[0] ? Math.round(t[1] / t[0] * 1000) / 1000 : null;
    return measure === 'unserved' ? t[0] - t[1] : t[0];
  }
  function named(measure, breaks, k) {
    if (measure !== 'effective') return between(breaks, k);
    function pc(x) { return Math.round(x * 1000) / 10; }
    if (k === 0) return '< ' + pc(breaks[0]) + ' %';
    return k === breaks.length ? '≥ ' + pc(breaks[k - 1]) + ' %' : pc(breaks[k - 1]) + '–' + pc(breaks[k]) + ' %';
  }
  Object.keys(ramps).forEach(function (measure) {
    SC.paints['choro.' + measure] = function (world, tier, year, map) {
      var set = SC.choroLevel(map), breaks = set ? set.tiers[tier][measure][map.method || 0] : [];
      var classes = spread(ramps[measure], breaks.length + 1).map(function (c, k) {
        return { colour: c, label: breaks.length ? named(measure, breaks, k) : SC.word('choro.' + measure) };
      });
      classes.push({ colour: '#f2f2f2', label: SC.word('choro.none') });
      return { classes: classes, level: set ? set.level : -1, of: function () { return -1; },
        region: function (r) {
          var t = SC.data.regions[r].t[tier], v = valueOf(measure, t);
          return v === null || !t[0] ? classes.length - 1 : step(breaks, v);
        } };
    };
  });

  // choroLevel is the level that a map colours by: the one chosen, or the deepest whose regions can be told apart.
  SC.choroLevel = function (map) {
    var all = SC.data.views.breaks, best = null;
    all.forEach(function (b) {
      var n = SC.data.regions.filter(function (r) { return r.l === b.level; }).length;
      if (map.level === b.level) best = b;
      else if (map.level === undefined && (!best || n <= 1200)) best = b;
    });
    return best;
  };

  // Fill the symbols that stand in the page's text and tables.
  SC.fillSymbols = function (root) {
    root.querySelectorAll('svg[data-symbol]').forEach(function (svg) {
      var s = SC.shape(+svg.dataset.symbol), p = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      p.setAttribute('d', s.path);
      svg.appendChild(p);
    });
  };
})();
