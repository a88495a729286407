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
    if (id === 'flow' || id === 'pipeline') return sankey(o, id, ink);
    if (id !== 'dist') o.tooltip.valueFormatter = function (v) { return typeof v === 'number' ? v.toFixed(1) + ' %' : '—'; };
    (Array.isArray(o.yAxis) ? o.yAxis : [o.yAxis]).forEach(function (y) { y.nameTextStyle = { align: 'left', color: quiet, padding: [0, 0, 0, -20] }; });
    if (id === 'frontier' || id === 'lorenz') curve(o, id, ink);
    if (id === 'rank' && o.series.length > 1) o.legend = { show: true, right: 0, top: 0, itemWidth: 12, itemHeight: 10, textStyle: { color: quiet } };
    if (id === 'trend' || /^track/.test(id)) o.series.forEach(function (s) {
      if (s.stack) { s.silent = true; s.tooltip = { show: false }; s.symbol = 'none'; return; }
      if (s.label) sparseLabels(s, (width - 150) / Math.max(s.data.length - 1, 1));
      var said = s.data.filter(function (p) { return typeof p.value === 'number'; });
      if (said.length === 1) { s.showSymbol = true; s.symbolSize = 8; }
      s.endLabel = { show: true, formatter: function (p) { return p.seriesName + ' ' + one(p.value) + ' %'; }, color: s.itemStyle && s.itemStyle.color || ink, distance: 6 };
      s.z = s.lineStyle && s.lineStyle.width > 2 ? 5 : 2;
    });
    if (id === 'trend' || /^track/.test(id) || id === 'frontier') spreadEnds(o, height);
    if (id === 'trend') trendMark(o);
    if (id === 'rank' || id === 'dist') labelsWithOne(o);
    if (id === 'rank') {
      var n = (o.xAxis[0].data || []).length;
      o.xAxis[0].axisLabel.interval = 0;
      if (width / Math.max(n, 1) < 64) { o.xAxis[0].axisLabel.rotate = 45; }
      o.xAxis[0].axisLabel.width = 90;
      o.xAxis[0].axisLabel.overflow = 'truncate';
      if (width / Math.max(n, 1) < 30) o.series[0].label = { show: false };
    }
    if (id === 'dist') o.xAxis[0].axisLabel.lineHeight = 15;
    if (id === 'dist' && width < 520) { o.xAxis[0].axisLabel.rotate = 30; o.xAxis[0].axisLabel.interval = 0; }
    return o;
  }

  // sankey says the numbers of a flow with their unit.
  function sankey(o, id, ink) {
    o.tooltip.formatter = function (p) {
      var name = p.dataType === 'edge' ? p.data.source + ' → ' + p.data.target : p.name;
      return echarts.format.encodeHTML(name + '  ' + SC.group(p.value) + (id === 'flow' ? ' ' + SC.data.moneyUnit : ''));
    };
    o.series[0].label = { color: ink, fontSize: 12 };
    o.series[0].left = 8; o.series[0].top = 8; o.series[0].bottom = 8; o.series[0].right = 130;
    o.series[0].nodeGap = 10; o.series[0].nodeWidth = 14; o.series[0].layoutIterations = 0;
    o.series[0].emphasis = { focus: 'adjacency' };
    return o;
  }

  // curve draws lines over a numeric axis, named at their ends.
  function curve(o, id, ink) {
    var unit = id === 'frontier' ? ' ' + SC.data.moneyUnit : ' %';
    o.tooltip.valueFormatter = undefined;
    o.tooltip.formatter = function (list) {
      return echarts.format.encodeHTML(SC.group(list[0].value[0]) + unit) + list.map(function (p) { return '<br>' + p.marker + echarts.format.encodeHTML(p.seriesName + ' ' + one(p.value[1]) + ' %'); }).join('');
    };
    o.xAxis[0].nameTextStyle = { color: SC.colour.quiet };
    o.grid = [].concat(o.grid)[0];
    o.grid.bottom = 34; // room for the axis' name
    o.series.forEach(function (s) {
      s.endLabel = { show: id === 'frontier', formatter: function (p) { return p.seriesName + ' ' + one(p.value[1]) + ' %'; }, color: s.itemStyle && s.itemStyle.color || ink, distance: 6 };
    });
    if (id === 'frontier') o.xAxis[0].max = o.series[0].data[o.series[0].data.length - 1].value[0];
  }

  // spreadEnds keeps the labels at the ends of the lines at least 16 pixels apart.
  function spreadEnds(o, height) {
    var y = o.yAxis[0], per = (height - 70) / (100 - y.min), low = -Infinity;
    o.series.filter(function (s) { return !s.stack; }).map(function (s) { return { s: s, at: lastValue(s) }; })
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
    for (var i = s.data.length - 1; i >= 0; i--) {
      var v = Array.isArray(s.data[i].value) ? s.data[i].value[1] : s.data[i].value;
      if (typeof v === 'number') return v;
    }
    return null;
  }

  // one writes a number with one decimal; people by the head have none.
  function one(v) { return typeof v === 'number' ? v.toFixed(1) : '—'; }

  function labelsWithOne(o) {
    var whole = o.series[0].data.every(function (d) { return d.value === Math.round(d.value); });
    o.series.forEach(function (s) {
      if (s.label && s.type === 'bar') s.label.formatter = function (p) { return whole ? SC.group(p.value) : one(p.value); };
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
    if (c.save) c.save.hidden = !option;
    if (!option) return;
    if (!c.chart) c.chart = echarts.init(c.box, null, { renderer: 'svg' });
    if (!c.save) saveButton(c);
    c.chart.setOption(finish(c.def.id, option, c.box.clientWidth, c.box.clientHeight), true);
  }

  // titleOf is the heading that a chart stands under: its finding.
  function titleOf(box) {
    var heads = Array.from(document.querySelectorAll('#page h3, #page .finding')).filter(function (h) { return h.offsetParent && h.compareDocumentPosition(box) & 4; });
    var head = heads[heads.length - 1];
    return head ? head.firstChild.textContent.trim() : '';
  }

  // save hands the chart out as a PNG of twice its size, with its finding, the study, the date and what must be said of made data.
  SC.chartPicture = function (c) {
    var w = c.box.clientWidth, h = c.box.clientHeight, holder = document.createElement('div');
    holder.style.cssText = 'position:absolute;left:-9999px;width:' + w + 'px;height:' + h + 'px';
    document.body.appendChild(holder);
    var chart = echarts.init(holder, null, { renderer: 'canvas', devicePixelRatio: 2 });
    chart.setOption(c.chart.getOption(), true);
    var picture = chart.renderToCanvas ? chart.renderToCanvas({ pixelRatio: 2, backgroundColor: SC.dark() ? '#141a21' : '#ffffff' }) : chart.getRenderedCanvas({ pixelRatio: 2, backgroundColor: '#ffffff' });
    var out = document.createElement('canvas'), x = out.getContext('2d'), top = 64, foot = 44;
    out.width = picture.width;
    out.height = picture.height + top + foot;
    x.fillStyle = SC.dark() ? '#141a21' : '#ffffff';
    x.fillRect(0, 0, out.width, out.height);
    x.drawImage(picture, 0, top);
    x.fillStyle = SC.dark() ? '#e4e9ef' : SC.colour.ink;
    x.font = '600 26px ' + FONT;
    x.fillText(titleOf(c.box), 16, 42, out.width - 32);
    x.font = '20px ' + FONT;
    x.fillText([document.querySelector('h1').textContent, SC.data.date, SC.data.synthetic, SC.data.notice].filter(Boolean).join(' · '), 16, out.height - 16, out.width - 32);
    chart.dispose();
    holder.remove();
    return out;
  };

  // download hands a canvas out as a file.
  SC.download = function (canvas, name) {
    var a = document.createElement('a');
    a.href = canvas.toDataURL('image/png');
    a.download = name + '.png';
    document.body.appendChild(a);
    a.click();
    a.remove();
  };

  function saveButton(c) {
    var b = SC.el('button', 'save', SC.word('chart.save'));
    b.type = 'button';
    b.addEventListener('click', function () { SC.download(SC.chartPicture(c), c.def.id); });
    var holder = SC.el('div', 'chartbox');
    c.box.parentNode.insertBefore(holder, c.box);
    holder.appendChild(c.box);
    holder.appendChild(b);
    c.save = b;
  }

  // radar draws a site's shares on the frame that go-echarts made.
  SC.radar = function (box, axes) {
    var def = SC.data.charts.filter(function (d) { return d.id === 'radar'; })[0], kept = [], values = [];
    if (!def || !def.options[0]) return;
    var o = JSON.parse(JSON.stringify(def.options[0])), dark = SC.dark();
    axes.forEach(function (t, i) {
      var n = t[0] + t[1] + t[2];
      if (!n) return;
      kept.push(o.radar.indicator[i]);
      values.push(Math.round(t[0] / n * 1000) / 10);
    });
    if (kept.length < 3) { box.remove(); return; }
    o.textStyle = { fontFamily: FONT };
    o.radar.indicator = kept;
    o.radar.radius = '62%';
    o.radar.axisName = { color: dark ? '#e4e9ef' : SC.colour.ink, width: 90, overflow: 'break' };
    o.radar.splitArea = { show: false };
    o.series[0].data[0].value = values;
    o.tooltip = { show: false };
    var c = { box: box, def: def, chart: echarts.init(box, null, { renderer: 'svg' }) };
    c.chart.setOption(o);
    saveButton(c);
  };

  SC.startCharts = function () {
    var defs = {};
    SC.data.charts.forEach(function (d) { defs[d.id] = d; });
    document.querySelectorAll('[data-chart]').forEach(function (box) {
      var c = { box: box, def: defs[box.dataset.chart], chart: null };
      if (!c.def) { box.hidden = true; return; }
      charts.push(c);
      draw(c);
    });
    SC.on(function (what) { charts.forEach(function (c) { if (what === 'tier' || what === 'year' && c.def.id === 'trend') draw(c); }); });
    var again = function () { charts.forEach(draw); };
    if (night.addEventListener) night.addEventListener('change', again);
    else night.addListener(again);
    var sizes = new ResizeObserver(function () { requestAnimationFrame(SC.resizeCharts); });
    charts.forEach(function (c) { sizes.observe(c.box.closest('.chartbox') || c.box.parentNode); });
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
