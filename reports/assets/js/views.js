// The pages of single regions (#region-ID) and the cards of sites (#site-ID): they take the place of the whole report while they
// are open, and are built from the data when asked for. Names only ever become text nodes.
(function () {
  'use strict';
  var d = SC.data, MOST = 200, box, shown = null, back = 0;

  function add(parent, tag, className, text) { return parent.appendChild(SC.el(tag, className, text)); }

  // link is an anchor to a page of this file.
  function link(text, hash, className) {
    var a = SC.el('a', className, text);
    a.href = hash;
    return a;
  }
  SC.regionLink = function (r) { return '#region-' + encodeURIComponent(d.regions[r].id); };
  SC.siteLink = function (i) { return '#site-' + encodeURIComponent(d.sites[i].id); };

  // table makes a table of heads [text, isNumber, isWide] and rows of cells: text, or a node.
  function table(heads, rows, className) {
    var scroll = SC.el('div', 'scroll'), t = add(scroll, 'table', className || ''), tr = add(add(t, 'thead', ''), 'tr', ''), body = add(t, 'tbody', '');
    heads.forEach(function (h) { var th = add(tr, 'th', h[1] ? 'n' : '', h[0]); th.scope = 'col'; });
    rows.forEach(function (cells) {
      var row = add(body, 'tr', cells.now ? 'now' : '');
      cells.forEach(function (c, i) {
        var cell = add(row, i === 0 ? 'th' : 'td', (heads[i][1] ? 'n' : '') + (c && c.behind ? ' behind' : ''));
        if (i === 0) cell.scope = 'row';
        if (c && c.nodeType) cell.appendChild(c);
        else cell.textContent = c && c.text !== undefined ? c.text : c;
      });
    });
    scroll.tabIndex = 0;
    scroll.setAttribute('role', 'region');
    return scroll;
  }

  // block is a heading with what stands under it; a long list says where the rest is.
  function block(title, content, left) {
    add(box, 'h3', '', title);
    content.setAttribute('aria-label', title);
    box.appendChild(content);
    if (left > 0) add(box, 'p', 'more', SC.word('view.more', SC.group(left)));
  }

  function ratio(part, all) { return all > 0 ? part / all : null; }

  function meter(share, text) {
    var e = SC.el('span', 'barcell'), m = add(e, 'span', 'meter');
    add(m, 'i', '').style.width = Math.round((share || 0) * 1000) / 10 + '%';
    add(e, 'span', 'n', text === undefined ? SC.percent(share) : text);
    return e;
  }

  // inside tells whether region r is, or lies within, region top.
  function inside(r, top) {
    for (; r >= 0; r = d.regions[r].p) if (r === top) return true;
    return false;
  }

  function crumbs(r) {
    var nav = SC.el('nav', 'crumbs'), path = [];
    nav.setAttribute('aria-label', SC.word('view.path'));
    var home = nav.appendChild(link(SC.word('view.back'), '#', 'home'));
    home.addEventListener('click', function (e) { e.preventDefault(); SC.closeView(); });
    for (; r >= 0; r = d.regions[r].p) path.unshift(r);
    path.forEach(function (x) { nav.appendChild(link(d.regions[x].n, SC.regionLink(x))); });
    return nav;
  }

  function head(title, kind, r) {
    box.appendChild(crumbs(r));
    add(box, 'p', 'kicker', kind);
    var h = add(box, 'h2', '', title);
    h.tabIndex = -1;
    return h;
  }

  function story(r) {
    var t = d.regions[r].t[SC.state.tier], name = d.tiers[SC.state.tier].name;
    if (!t[0]) return SC.word('view.nobody', name);
    var text = SC.word('view.story', name, SC.percent(ratio(t[1], t[0])), SC.people(t[0] - t[1]));
    var n = gapsIn(r).length;
    if (n) text += SC.word('view.storygaps', SC.group(n));
    return text + (t[7] ? SC.word('view.storynew', SC.group(t[7])) : d.lang === 'zh' ? '。' : '.');
  }

  function gapsIn(r) { return d.gaps.filter(function (g) { return g.t === SC.state.tier && inside(g.rg, r); }); }

  function how() {
    var e = SC.el('details', 'how'), s = add(e, 'summary', '', '?');
    s.setAttribute('aria-label', SC.word('how'));
    s.title = SC.word('how');
    add(e, 'p', '', SC.word('view.how'));
    return e;
  }

  function tierTable(r) {
    var heads = [[SC.word('col.tier')], [SC.word('col.people'), 1], [SC.word('col.coverage')], [SC.word('col.unserved'), 1], [SC.word('col.presence'), 1], [SC.word('col.open'), 1]];
    if (d.years.length) heads.push([SC.word('col.new'), 1]);
    return table(heads, d.tiers.map(function (tier, k) {
      var t = d.regions[r].t[k], row = [tier.name, SC.people(t[0]), meter(ratio(t[1], t[0])), SC.people(t[0] - t[1]),
        t[5] ? { text: t[6] + ' / ' + t[5], behind: t[6] < t[5] } : '—', SC.group(t[3])];
      if (d.years.length) row.push(SC.group(t[7]));
      row.now = k === SC.state.tier;
      return row;
    }), 'tiers');
  }

  function children(r) {
    var k = SC.state.tier, list = [];
    d.regions.forEach(function (x, i) { if (x.p === r) list.push(i); });
    list.sort(function (a, b) {
      var x = d.regions[a].t[k], y = d.regions[b].t[k];
      return (x[0] ? x[1] / x[0] : 2) - (y[0] ? y[1] / y[0] : 2) || a - b;
    });
    if (!list.length) return null;
    return table([[SC.word('col.region')], [SC.word('col.people'), 1], [SC.word('col.coverage')], [SC.word('col.unserved'), 1]], list.map(function (c) {
      var t = d.regions[c].t[k];
      return [link(d.regions[c].n, SC.regionLink(c)), SC.people(t[0]), meter(ratio(t[1], t[0])), SC.people(t[0] - t[1])];
    }));
  }

  function blanks(r) {
    var out = SC.el('div', ''), any = false;
    d.tiers.forEach(function (tier, k) {
      if (tier.owner < 0) return;
      var list = [];
      d.blank[k].forEach(function (x) { if (inside(x, r)) list.push(x); });
      if (!list.length) return;
      any = true;
      var p = add(out, 'p', 'blankline', SC.word('view.blankline', SC.group(list.length), d.levels[tier.owner], tier.name));
      list.forEach(function (x) { p.appendChild(link(d.regions[x].n, SC.regionLink(x))); p.appendChild(document.createTextNode(' ')); });
    });
    return any ? out : null;
  }

  function gapTable(list) {
    return table([[SC.word('col.rank'), 1], [SC.word('col.place')], [SC.word('col.unserved'), 1], [SC.word('col.fix')]], list.slice(0, MOST).map(function (g) {
      return [String(g.r), link(g.z ? SC.word('paint.with', SC.gapName(g), g.z.join(SC.word('list.comma'))) : SC.gapName(g), SC.gapLink(g)), SC.people(g.p), SC.fixText(g.f) || '—'];
    }), 'gapfix');
  }

  function pickTable(list) {
    return table([[SC.word('col.year'), 1], [SC.word('col.site')], [SC.word('col.tier')], [SC.word('col.cost'), 1], [SC.word('col.gained'), 1], [SC.word('col.reason')]],
      list.slice(0, MOST).map(function (i) { var k = d.picks[i]; return [String(k.y), k.n, d.tiers[k.t].name, SC.money(k.c), SC.people(k.g), reason(i)]; }));
  }

  // reason is what the table of the plan says of a pick.
  function reason(k) {
    return SC.rest().plan[k][8];
  }

  function siteTable(list) {
    var heads = [[SC.word('col.site')], [SC.word('col.tier')], [SC.word('col.state')]], graded = !!d.views.standard;
    if (graded) heads.push([SC.word('col.grade')]);
    return table(heads, list.slice(0, MOST).map(function (i) {
      var s = d.sites[i], row = [link(s.n, SC.siteLink(i)), d.tiers[s.t].name, state(s)];
      if (graded) row.push(grade(s));
      return row;
    }));
  }

  function state(s) { return SC.word(['site.open', 'site.below', 'site.closed'][s.s]); }
  function grade(s) { return !s.k ? SC.word('card.ungraded') : s.k.g < 0 ? SC.word('card.nograde') : d.views.grades[s.k.g]; }

  // others are the figures of groups, hours and land, where the study has them.
  function others(r) {
    var x = d.regions[r], tierHeads = d.tiers.map(function (t) { return [t.name]; });
    if (d.views.groups.length && x.g) {
      block(SC.word('view.groups'), table([[SC.word('col.group')], [SC.word('col.people'), 1]].concat(tierHeads), d.views.groups.map(function (name, k) {
        return [name, SC.people(x.g[0][k][0])].concat(d.tiers.map(function (_, t) { return meter(ratio(x.g[t][k][1], x.g[t][k][0])); }));
      })));
    }
    if (d.views.moments.length && x.o) {
      block(SC.word('view.hours'), table([[SC.word('col.moment')]].concat(tierHeads), d.views.moments.map(function (name, k) {
        return [name].concat(d.tiers.map(function (_, t) {
          var v = x.o[t][k], all = x.t[t][0], low = SC.percent(ratio(v[0], all)), high = SC.percent(ratio(v[1], all));
          return meter(ratio(v[0], all), low === high ? low : low + ' – ' + high);
        }));
      })));
    }
    if (x.ha) {
      block(SC.word('view.land'), table([[SC.word('col.hectares')]].concat(tierHeads), [[SC.group(x.ha[0][0])].concat(d.tiers.map(function (_, t) {
        return meter(ratio(x.ha[t][1], x.ha[t][0]));
      }))]));
    }
  }

  function entities(r) {
    var list = d.views.entities.filter(function (e) { return inside(e.rg, r); });
    if (!list.length) return;
    block(SC.word('view.entities'), SC.entityTable(list.slice(0, MOST)), list.length - MOST);
  }

  // entityTable tells of each entity whether the tier now shown serves it.
  SC.entityTable = function (list) {
    return table([[SC.word('col.entity')], [SC.word('col.kind')], [SC.word('col.heads'), 1], [SC.word('col.state')], [SC.word('col.nearsite')]], list.map(function (e) {
      var t = e.t[SC.state.tier] || [0, -1];
      return [e.n, e.k, e.h || '—', { text: SC.word(t[0] ? 'class.served' : 'class.none'), behind: !t[0] }, t[1] >= 0 ? link(d.sites[t[1]].n, SC.siteLink(t[1])) : '—'];
    }));
  };

  function showRegion(r) {
    var title = head(d.regions[r].n, SC.word('view.region') + ' · ' + d.levels[d.regions[r].l], r);
    title.appendChild(how());
    add(box, 'p', 'story', story(r));
    block(SC.word('view.tiers'), tierTable(r));
    SC.placeMap(r);
    var kids = children(r), side = box.querySelector('.viewside');
    if (kids) { add(side, 'h3', '', SC.word('view.children')); side.appendChild(kids); }
    var b = blanks(r);
    if (b) block(SC.word('view.blank'), b);
    var g = gapsIn(r), k = [], s = [];
    d.picks.forEach(function (p, i) { if (inside(p.rg, r)) k.push(i); });
    if (g.length) block(SC.word('view.gaps'), gapTable(g), g.length - MOST);
    if (k.length) block(SC.word('view.picks'), pickTable(k), k.length - MOST);
    d.sites.forEach(function (x, i) { if (inside(x.rg, r)) s.push(i); });
    if (s.length) block(SC.word('view.sites'), siteTable(s), s.length - MOST);
    others(r);
    entities(r);
    return title;
  }

  function facts(list) {
    var dl = SC.el('dl', 'facts');
    list.forEach(function (x) {
      if (!x[1]) return;
      var div = add(dl, 'div', '');
      add(div, 'dt', '', x[0]);
      var dd = add(div, 'dd', '');
      if (x[1].nodeType) dd.appendChild(x[1]);
      else dd.textContent = x[1];
    });
    return dl;
  }

  function tally(key, t) { return SC.word(key, SC.group(t[0] + t[1] + t[2]), SC.group(t[0]), SC.group(t[1]), SC.group(t[2])); }

  function assessment(s) {
    var k = s.k;
    if (!k) { add(box, 'p', 'more', SC.word('card.noassess')); return; }
    add(box, 'h3', '', SC.word('card.assess', d.views.standard));
    add(box, 'p', 'story', k.g < 0 ? SC.word('card.nograde') : SC.word('card.grade', d.views.grades[k.g]));
    if (k.out) add(box, 'p', 'behind', SC.word('card.out'));
    if (k.next) add(box, 'p', '', k.next + (d.lang === 'zh' ? '。' : '.'));
    var cols = add(box, 'div', 'cols'), left = add(cols, 'div', ''), right = add(cols, 'div', '');
    add(left, 'p', '', tally('card.must', k.m));
    add(left, 'p', '', tally('card.should', k.s));
    if (k.l) {
      add(left, 'h3', '', SC.word('card.lacks'));
      left.appendChild(table([['#'], [SC.word('col.item')], [SC.word('col.ledger')], [SC.word('col.asked')]], k.l.map(function (l) {
        return [l[0], l[1], { text: l[2] === '?' ? SC.word('card.unknown') : l[2] || '—', behind: l[2] !== '?' }, l[3] || '—'];
      })));
    } else add(left, 'p', '', SC.word('card.nolack'));
    add(right, 'h3', '', SC.word('card.radar'));
    var holder = add(right, 'div', 'chart');
    right.appendChild(table([[SC.word('col.item')], [SC.word('people.met'), 1]], d.views.axes.map(function (a, i) { return [a, share(k.ax[i])]; }).filter(function (x) { return x[1] !== '—'; })));
    SC.radar(holder, k.ax);
  }

  function share(t) { var n = t[0] + t[1] + t[2]; return n ? t[0] + ' / ' + n : '—'; }

  function showSite(i) {
    var s = d.sites[i], title = head(s.n, SC.word('view.site') + ' · ' + d.tiers[s.t].name, s.rg);
    box.appendChild(facts([[SC.word('card.where'), s.rg >= 0 ? link(SC.regionPath(s.rg), SC.regionLink(s.rg)) : SC.word('card.unlocated')],
      [SC.word('card.state'), state(s)], [SC.word('card.area'), s.a], [SC.word('card.hours'), s.h], [SC.word('card.parent'), s.p], [SC.word('card.catchment'), s.c]]));
    SC.placeMap(-1, s);
    assessment(s);
    return title;
  }

  // extent is the box of a region's land and of its inhabited cells.
  function extent(r) {
    var box = d.regions[r].box.slice(), s = SC.shapeOf(r);
    if (s.count && box[0] === box[2] && box[1] === box[3]) box = Array.from(s.box.subarray(0, 4));
    for (var i = 0; i < s.count; i++) {
      box = [Math.min(box[0], s.box[4 * i]), Math.min(box[1], s.box[4 * i + 1]), Math.max(box[2], s.box[4 * i + 2]), Math.max(box[3], s.box[4 * i + 3])];
    }
    return box;
  }

  // placeMap puts the small map into the page, moved to a region or a site.
  SC.placeMap = function (r, site) {
    var cols = add(box, 'div', 'mapcols'), holder = document.getElementById('viewmap'), map = SC.maps.region;
    cols.appendChild(holder);
    add(cols, 'div', 'viewside side');
    holder.hidden = false;
    map.seen = true;
    map.outline = r;
    map.resize();
    if (site) { map.focus([site.at[0], site.at[1], site.at[0], site.at[1]]); map.mark = { kind: 'place', at: site.at }; } else map.fit.apply(map, extent(r));
    map.told = false;
    map.frame(); // drawn once the text stands
  };

  function open(what, i) {
    var holder = document.getElementById('viewmap');
    if (!shown) back = window.pageYOffset;
    document.body.appendChild(holder);
    holder.hidden = true;
    box.textContent = '';
    shown = [what, i];
    document.body.classList.add('viewing');
    box.hidden = false;
    var title = what === 'region' ? showRegion(i) : showSite(i);
    window.scrollTo(0, 0);
    title.focus({ preventScroll: true });
  }

  SC.openRegion = function (i) { open('region', i); };
  SC.openSite = function (i) {
    if (d.sites[i].t !== SC.state.tier) SC.set('tier', d.sites[i].t);
    open('site', i);
  };

  // closeView goes back to where the report was left; to forget the link, unless another one is being followed.
  SC.closeView = function (keep) {
    if (!shown) return;
    shown = null;
    box.hidden = true;
    document.body.classList.remove('viewing');
    if (!keep) { SC.linkTo(window.location.pathname + window.location.search); window.scrollTo(0, back); }
    Object.keys(SC.maps).forEach(function (id) { if (id !== 'region') SC.maps[id].frame(); });
  };
  SC.viewing = function () { return shown; };

  SC.startViews = function () {
    box = document.getElementById('view');
    SC.on(function (what) { if (what === 'tier' && shown) open(shown[0], shown[1]); });
    document.addEventListener('keydown', function (e) {
      if (e.key === 'Escape' && shown && !document.querySelector('details.how[open]') && e.target.tagName !== 'INPUT') SC.closeView();
    });
  };
})();
