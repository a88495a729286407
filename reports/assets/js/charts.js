// Hands the options that go-echarts made to ECharts, drawn as SVG so that they print sharply.
(function () {
  'use strict';
  var charts = [];
  var FONT = '"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif';

  // The colours of charts.go on a dark ground.
  var DARK = { '#1f2a37': '#e4e9ef', '#6b7684': '#9daab8', '#d9dee5': '#3a4552', '#edf0f3': '#2b3440', '#2b6a99': '#5fa3d3', '#c9d3dd': '#44515f', '#a61b29': '#e2656f' };
  var night = window.matchMedia('(prefers-color-scheme: dark)');

  // dark tells whether the page is shown dark now: never on paper.
  SC.dark = function () { return night.matches && !document.body.classList.contains('printing'); };

  function optionOf(chart) {
    return chart.options.length > 1 ? chart.options[SC.state.tier] : chart.options[0];
  }

  // finish adds what an option as plain data cannot say: fonts, units of tooltips, labels at the ends of lines, narrow screens.
  function finish(id, option, width, height) {
    var dark = SC.dark(), ink = dark ? DARK['#1f2a37'] : SC.colour.ink, quiet = dark ? DARK['#6b7684'] : SC.colour.quiet;
    var text = JSON.stringify(option), o = JSON.parse(dark ? text.replace(/#[0-9a-f]{6}/g, function (c) { return DARK[c] || c; }) : text);
    o.textStyle = { fontFamily: FONT, color: ink };
    o.tooltip = Object.assign(o.tooltip || {}, { confine: true, textStyle: { fontSize: 13, color: ink }, backgroundColor: dark ? '#1d2530' : '#ffffff', borderColor: quiet });
    [].concat(o.legend || []).forEach(function (l) { l.textStyle = { color: quiet }; });
    if (id !== 'dist') o.tooltip.valueFormatter = function (v) { return typeof v === 'number' ? v.toFixed(1) + ' %' : '—'; };
    (Array.isArray(o.yAxis) ? o.yAxis : [o.yAxis]).forEach(function (y) { y.nameTextStyle = { align: 'left', color: quiet, padding: [0, 0, 0, -20] }; });
    if (id === 'trend') o.series.forEach(function (s) {
      if (s.label) sparseLabels(s, (width - 150) / Math.max(s.data.length - 1, 1));
      var said = s.data.filter(function (p) { return typeof p.value === 'number'; });
      if (said.length === 1) { s.showSymbol = true; s.symbolSize = 8; }
      s.endLabel = { show: true, formatter: function (p) { return p.seriesName + ' ' + one(p.value) + ' %'; }, color: s.itemStyle && s.itemStyle.color || ink, distance: 6 };
      s.z = s.lineStyle && s.lineStyle.width > 2 ? 5 : 2;
    });
    if (id === 'trend') { spreadEnds(o, height); trendMark(o); }
    if (id === 'rank' || id === 'dist') labelsWithOne(o);
    if (id === 'rank') {
      var n = (o.xAxis[0].data || []).length;
      o.xAxis[0].axisLabel.interval = 0;
      if (width / Math.max(n, 1) < 64) { o.xAxis[0].axisLabel.rotate = 45; }
      o.xAxis[0].axisLabel.width = 90;
      o.xAxis[0].axisLabel.overflow = 'truncate';
      if (width / Math.max(n, 1) < 30) o.series[0].label = { show: false };
    }
    if (id === 'dist' && width < 520) { o.xAxis[0].axisLabel.rotate = 30; o.xAxis[0].axisLabel.interval = 0; }
    return o;
  }

  // spreadEnds keeps the labels at the ends of the lines at least 16 pixels apart.
  function spreadEnds(o, height) {
    var y = o.yAxis[0], per = (height - 70) / (100 - y.min), low = -Infinity;
    o.series.map(function (s) { return { s: s, at: lastValue(s) }; })
      .filter(function (e) { return e.at !== null; })
      .sort(function (a, b) { return a.at - b.at; })
      .forEach(function (e) {
        var px = (e.at - y.min) * per, to = Math.max(px, low + 16);
        e.s.endLabel.offset = [0, px - to];
        low = to;
      });
  }

  // sparseLabels labels the points of a line that differ from the one before and have room; the last is told at its end.
  function sparseLabels(s, step) {
    var at = -Infinity, before = null;
    s.data.forEach(function (p, i) {
      var show = typeof p.value === 'number' && p.value !== before && (i - at) * step >= 46 && i < s.data.length - 1;
      if (show) { at = i; }
      before = p.value;
      p.label = { show: show };
    });
  }

  function lastValue(s) {
    for (var i = s.data.length - 1; i >= 0; i--) if (typeof s.data[i].value === 'number') return s.data[i].value;
    return null;
  }

  // one writes a number with one decimal; people by the head have none.
  function one(v) { return typeof v === 'number' ? v.toFixed(1) : '—'; }

  function labelsWithOne(o) {
    var whole = o.series[0].data.every(function (d) { return d.value === Math.round(d.value); });
    o.series.forEach(function (s) {
      if (s.label) s.label.formatter = function (p) { return whole ? SC.group(p.value) : one(p.value); };
    });
  }

  // trendMark draws the chosen year as a line.
  function trendMark(o) {
    var labels = o.xAxis[0].data, plan = o.series[o.series.length - 1];
    plan.markLine = { symbol: 'none', silent: true, label: { show: false }, lineStyle: { color: SC.colour.accent, width: 1, type: 'solid', opacity: 0.5 },
      data: [{ xAxis: labels[SC.state.year] }] };
  }

  function draw(c) {
    var option = optionOf(c.def);
    c.box.hidden = !option;
    if (!option) return;
    if (!c.chart) c.chart = echarts.init(c.box, null, { renderer: 'svg' });
    c.chart.setOption(finish(c.def.id, option, c.box.clientWidth, c.box.clientHeight), true);
  }

  SC.startCharts = function () {
    var defs = {};
    SC.data.charts.forEach(function (d) { defs[d.id] = d; });
    document.querySelectorAll('[data-chart]').forEach(function (box) {
      var c = { box: box, def: defs[box.dataset.chart], chart: null };
      charts.push(c);
      draw(c);
    });
    SC.on(function (what) { charts.forEach(function (c) { if (what === 'tier' || c.def.id === 'trend') draw(c); }); });
    var again = function () { charts.forEach(draw); };
    if (night.addEventListener) night.addEventListener('change', again);
    else night.addListener(again);
    var sizes = new ResizeObserver(function () { requestAnimationFrame(SC.resizeCharts); });
    charts.forEach(function (c) { sizes.observe(c.box.parentNode); });
  };

  // resizeCharts draws charts anew whose width has changed; all of them when asked for.
  SC.resizeCharts = function (every) {
    charts.forEach(function (c) {
      if (!c.chart || every !== true && c.chart.getWidth() === c.box.clientWidth) return;
      c.chart.resize();
      draw(c);
    });
  };
})();
