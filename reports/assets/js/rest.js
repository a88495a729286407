// The rest of long lists: the page lays out their first rows; more are listed on demand, and on paper up to a limit.
(function () {
  'use strict';
  var STEP = 500, PAPER = 1500, kept = null, lists = [];

  // rest is the long lists in the language now shown, unpacked when first asked for.
  SC.rest = function () {
    return kept || (kept = SC.unzip('rest-' + document.documentElement.lang));
  };

  function add(parent, tag, className, text) { return parent.appendChild(SC.el(tag, className, text)); }

  // pickRow is a row of the plan as the page's template lays it out.
  function pickRow(i) {
    var x = SC.rest().plan[i], tr = SC.el('tr'), tier = SC.el('td', 'nowrap');
    tr.dataset.pick = i;
    tr.tabIndex = 0;
    add(tr, 'td', 'n', String(i + 1));
    tier.insertAdjacentHTML('beforeend', '<svg class="sym new" viewBox="-8 -8 16 16" aria-hidden="true"></svg>');
    tier.firstChild.dataset.symbol = SC.data.picks[i].t;
    SC.fillSymbols(tier);
    tier.appendChild(document.createTextNode(x[0]));
    tr.appendChild(tier);
    add(add(tr, 'td', ''), 'b', '', x[1]);
    add(tr, 'td', '', x[2]);
    add(tr, 'td', 'coords', x[3] + ', ' + x[4]);
    for (var k = 5; k < 8; k++) add(tr, 'td', 'n', x[k]);
    add(tr, 'td', '', x[8]);
    return tr;
  }

  function gapRow(tier, g) {
    var li = SC.el('li'), b = add(li, 'button', ''), who;
    b.type = 'button';
    b.dataset.gap = tier + ':' + g.r;
    add(b, 'span', 'badge', String(g.r));
    who = add(b, 'span', 'who');
    add(who, 'b', '', g.n);
    add(who, 'small', '', g.p);
    add(who, 'small', '', g.a);
    if (g.z) add(who, 'small', '', g.z);
    if (g.f) add(who, 'small', 'fix', g.f);
    var many = add(b, 'span', 'howmany', g.c);
    add(many, 'small', '', SC.word('unit.people'));
    if (g.y) add(many, 'em', '', g.y);
    return li;
  }

  function gridRow(cells) {
    var tr = SC.el('tr');
    cells.forEach(function (c, i) {
      var td = add(tr, i ? 'td' : 'th', (c.c || '').trim());
      if (!i) td.scope = 'row';
      if (c.c && /barcol/.test(c.c)) {
        add(add(td, 'span', 'meter'), 'i', '').style.width = Math.min(100, Math.max(0, (c.s || 0) * 100)) + '%';
        add(td, 'span', 'n', c.t);
      } else if (c.l) {
        add(td, 'a', '', c.t).href = c.l;
      } else td.textContent = c.t;
    });
    return tr;
  }

  function blankLink(r) {
    var out = document.createDocumentFragment(), a = SC.el('a', '', SC.data.regions[r].n);
    a.href = SC.regionLink(r);
    out.appendChild(a);
    out.appendChild(document.createTextNode(' '));
    return out;
  }

  // source tells of a list how many rows there are, how to make one, and where it goes.
  function source(e) {
    var kind = e.dataset.more, key = e.dataset.key, d = SC.data, rest = SC.rest();
    function of(list, make, into, before) { return { left: list.length, next: 0, make: function (k) { return make(list[k]); }, into: into, before: before }; }
    if (kind === 'plan') {
      var first = e.parentNode.querySelectorAll('[data-pick]').length, picks = [], year = e.parentNode, from = +year.querySelector('[data-pick]').dataset.pick + first;
      var after = year.nextElementSibling && year.nextElementSibling.querySelector('[data-pick]'), to = after ? +after.dataset.pick : d.picks.length;
      for (var i = from; i < to; i++) picks.push(i);
      return of(picks, pickRow, year, e);
    }
    if (kind === 'gaps') return of(rest.gaps[+key], function (g) { return gapRow(+key, g); }, e.parentNode.querySelector('.gaplist'), null);
    if (kind === 'grid') return of(rest.grids[+key], gridRow, e.parentNode.querySelector('tbody'), null);
    var part = key.split(':');
    return of(rest.blank[+part[0]][+part[1]], blankLink, e.parentNode, e);
  }

  function List(e) {
    var self = this;
    this.e = e;
    this.said = e.querySelector('span');
    this.button = SC.el('button', 'listmore');
    this.button.type = 'button';
    this.said.parentNode.appendChild(this.button);
    this.button.addEventListener('click', function () { self.list(STEP); });
    this.left = +e.dataset.left;
    this.tell();
  }

  List.prototype.tell = function () { this.button.textContent = SC.word('rest.show', SC.group(Math.min(STEP, this.left))); };

  // list lays out up to n more rows.
  List.prototype.list = function (n) {
    var s = this.source || (this.source = source(this.e)), rows = document.createDocumentFragment();
    for (var to = Math.min(s.next + n, s.left); s.next < to; s.next++) rows.appendChild(s.make(s.next));
    s.into.insertBefore(rows, s.before);
    this.left = s.left - s.next;
    if (this.left) { this.said.textContent = SC.word('rest.' + this.e.dataset.more, SC.group(this.left)); this.tell(); } else { this.e.remove(); lists.splice(lists.indexOf(this), 1); }
    SC.set('rows', (SC.state.rows || 0) + 1);
  };

  // unlisted is how many rows of a box are not laid out yet; those of a list beside it count too.
  SC.unlisted = function (box) {
    return lists.reduce(function (n, l) {
      var own = box.contains(l.e) || l.e.dataset.more !== 'blank' && !l.e.closest('[data-fold]') && l.e.parentNode === box.parentNode;
      return own ? n + l.left : n;
    }, 0);
  };

  // listForPrint lays out what paper holds; what is left stays said.
  SC.listForPrint = function () {
    lists.slice().forEach(function (l) { if (l.e.dataset.more !== 'gaps') l.list(PAPER); });
  };

  SC.startRest = function () {
    document.querySelectorAll('#page [data-more]').forEach(function (e) { lists.push(new List(e)); });
  };
})();
