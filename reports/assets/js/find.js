// Finding things: links into the page (#gap-3, #region-ID, #site-ID), and the search for regions, sites, gaps, proposals and
// places by name.
(function () {
  'use strict';
  var d = SC.data, entries = null;

  // box of a point.
  function box(at) { return [at[0], at[1], at[0], at[1]]; }

  // showOn moves a map to a box of the world, marks what is there and brings the map into the window.
  function showOn(map, where, mark) {
    if (!map) return;
    SC.closeView(true);
    map.seen = true;
    map.focus(where);
    map.mark = mark;
    map.frame();
    map.figure.scrollIntoView({ block: 'center' });
  }

  function goGap(g) {
    if (g.t !== SC.state.tier) SC.set('tier', g.t);
    showOn(SC.maps.gaps, g.box, { kind: 'gap', i: d.gaps.indexOf(g) });
    var row = document.querySelector('[data-gap="' + g.t + ':' + g.r + '"]');
    if (row) row.parentNode.parentNode.scrollTop = row.parentNode.offsetTop - row.parentNode.parentNode.offsetTop;
  }


  // linkTo is the link of a gap: the tier is named where it is not the first shown.
  SC.linkTo = function (hash) { if (window.history.replaceState) window.history.replaceState(null, '', hash); };
  SC.gapLink = function (g) { return '#gap-' + g.r + (g.t === d.lead ? '' : '@' + g.t); };

  function follow() {
    var m = /^#(gap|region|site)-(.+)$/.exec(decode(window.location.hash)), i;
    if (!m) {
      SC.closeView(true);
      var target = /^#\w+$/.test(window.location.hash) && document.querySelector(window.location.hash);
      if (target) target.scrollIntoView();
      return;
    }
    if (m[1] === 'gap') {
      var part = m[2].split('@'), tier = part.length > 1 ? +part[1] : d.lead;
      d.gaps.forEach(function (g) { if (g.t === tier && String(g.r) === part[0]) goGap(g); });
    } else if (m[1] === 'region') {
      for (i = 0; i < d.regions.length; i++) if (d.regions[i].id === m[2]) { SC.openRegion(i); return; }
    } else {
      for (i = 0; i < d.sites.length; i++) if (d.sites[i].id === m[2]) { SC.openSite(i); return; }
    }
  }

  // decode reads a hash; a broken escape is taken as it stands.
  function decode(hash) {
    try { return decodeURIComponent(hash); } catch (e) { return hash; }
  }

  // all is everything that can be found, made when first asked for: name, what it is, and what choosing it does.
  function all() {
    if (entries) return entries;
    entries = [];
    function add(name, kind, act) { entries.push({ name: name, low: name.toLowerCase(), kind: kind, act: act }); }
    d.regions.forEach(function (r, i) {
      add(r.n, d.levels[r.l] + (r.p >= 0 ? ' · ' + SC.regionPath(r.p) : ''), function () { SC.linkTo(SC.regionLink(i)); SC.openRegion(i); });
    });
    d.sites.forEach(function (s, i) {
      add(s.n, d.tiers[s.t].name, function () { SC.linkTo(SC.siteLink(i)); SC.openSite(i); });
    });
    d.gaps.forEach(function (g) {
      add(SC.gapName(g), SC.word('layer.gaps') + ' ' + g.r + ' · ' + d.tiers[g.t].name, function () { goGap(g); SC.linkTo(SC.gapLink(g)); });
    });
    d.picks.forEach(function (p) {
      add(p.n, SC.word('site.planned') + ' ' + p.y + ' · ' + d.tiers[p.t].name, function () {
        if (p.t !== SC.state.tier) SC.set('tier', p.t);
        showOn(SC.maps.plan, box(p.at), { kind: 'place', at: p.at });
      });
    });
    d.stations.forEach(function (s) {
      add(s.n, SC.word('layer.stations') + ' ' + s.r, function () { showOn(SC.maps.stations, box(s.at), { kind: 'place', at: s.at }); });
    });
    var at = SC.unpackPoints(d.places.at, d.places.n.length);
    d.places.n.forEach(function (name, i) {
      var p = [at[2 * i], at[2 * i + 1]];
      add(name, SC.word('find.place'), function () { showOn(SC.maps.gaps, box(p), { kind: 'place', at: p }); });
    });
    return entries;
  }

  // matches are at most twelve: names that begin with the text first, then those that hold it.
  SC.matches = function (text) {
    var low = text.trim().toLowerCase(), first = [], then = [];
    if (!low) return [];
    all().forEach(function (e) {
      var at = e.low.indexOf(low);
      if (at === 0) first.push(e);
      else if (at > 0) then.push(e);
    });
    return first.concat(then).slice(0, 12);
  };

  function startSearch() {
    var input = document.getElementById('find'), list = document.getElementById('found'), shown = [], at = -1;
    if (!input) return;
    function close() { list.hidden = true; at = -1; input.setAttribute('aria-expanded', 'false'); input.removeAttribute('aria-activedescendant'); }
    function choose(e) { close(); input.value = e.name; e.act(); }
    function point(to) {
      at = to;
      Array.from(list.children).forEach(function (li, i) { li.setAttribute('aria-selected', i === at); });
      if (at >= 0) input.setAttribute('aria-activedescendant', 'found-' + at);
    }
    function show() {
      shown = SC.matches(input.value);
      list.textContent = '';
      shown.forEach(function (e, i) {
        var li = SC.el('li', '');
        li.id = 'found-' + i;
        li.setAttribute('role', 'option');
        li.appendChild(SC.el('b', '', e.name));
        li.appendChild(SC.el('small', '', e.kind));
        li.addEventListener('mousedown', function (ev) { ev.preventDefault(); choose(e); });
        list.appendChild(li);
      });
      if (!shown.length && input.value.trim()) { var none = SC.el('li', 'none', SC.word('find.none')); list.appendChild(none); }
      list.hidden = !list.children.length;
      input.setAttribute('aria-expanded', !list.hidden);
      point(-1);
    }
    input.addEventListener('input', show);
    input.addEventListener('focus', function () { if (input.value) show(); });
    input.addEventListener('blur', close);
    input.addEventListener('keydown', function (e) {
      if (e.key === 'Escape') { close(); return; }
      if (!shown.length) return;
      if (e.key === 'ArrowDown') point((at + 1) % shown.length);
      else if (e.key === 'ArrowUp') point((at + shown.length - 1) % shown.length);
      else if (e.key === 'Enter') choose(shown[Math.max(at, 0)]);
      else return;
      e.preventDefault();
    });
    document.addEventListener('keydown', function (e) {
      if (e.key !== '/' || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) return;
      e.preventDefault();
      input.focus();
      input.select();
    });
  }

  // Notes on how a figure is computed: one open at a time, closed by Escape or by pressing elsewhere.
  function startNotes() {
    function closeAll(but) {
      document.querySelectorAll('details.how[open]').forEach(function (n) { if (n !== but) n.open = false; });
    }
    document.addEventListener('pointerdown', function (e) { closeAll(e.target.closest && e.target.closest('details.how')); });
    document.addEventListener('keydown', function (e) {
      if (e.key !== 'Escape') return;
      var open = document.querySelector('details.how[open]');
      if (open) { open.open = false; open.querySelector('summary').focus(); }
    });
  }

  SC.startFinding = function () {
    startSearch();
    startNotes();
    window.addEventListener('hashchange', follow);
    follow();
  };
})();
