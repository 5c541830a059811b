(function () {
  'use strict';

  // Tables: a button in each head sorts by its column; numbers by value, all else by letters; what is missing last.
  function key(cell) {
    var text = cell.hasAttribute('data-value') ? cell.getAttribute('data-value') : cell.textContent.trim();
    return { number: text === '' || text === '\u2013' ? NaN : Number(text), text: text };
  }
  function compare(a, b, way) {
    var aGone = a.text === '' || a.text === '\u2013' || a.text === 'NaN';
    var bGone = b.text === '' || b.text === '\u2013' || b.text === 'NaN';
    if (aGone || bGone) { return aGone - bGone; }
    if (!isNaN(a.number) && !isNaN(b.number)) { return way * (a.number - b.number); }
    return way * a.text.localeCompare(b.text, 'en', { numeric: true });
  }
  function sort(table, column, head) {
    var way = head.getAttribute('aria-sort') === 'ascending' ? -1 : 1;
    table.querySelectorAll('thead th').forEach(function (each) { each.setAttribute('aria-sort', 'none'); });
    head.setAttribute('aria-sort', way > 0 ? 'ascending' : 'descending');
    var body = table.tBodies[0];
    Array.from(body.rows)
      .map(function (row) { return { row: row, key: key(row.cells[column]) }; })
      .sort(function (a, b) { return compare(a.key, b.key, way); })
      .forEach(function (each) { body.appendChild(each.row); });
  }
  document.querySelectorAll('table.sortable').forEach(function (table) {
    Array.from(table.tHead.rows[0].cells).forEach(function (head, column) {
      var button = document.createElement('button');
      button.type = 'button';
      while (head.firstChild) { button.appendChild(head.firstChild); }
      head.appendChild(button);
      head.setAttribute('aria-sort', 'none');
      button.addEventListener('click', function () { sort(table, column, head); });
    });
  });

  // Figures: what a mark's title says is shown at once, by the pointer or a tap.
  var tip = document.createElement('div');
  tip.id = 'tip';
  tip.hidden = true;
  tip.setAttribute('role', 'tooltip');
  document.body.appendChild(tip);
  function show(event) {
    var at = event.target;
    var words = null;
    while (at && at.namespaceURI === 'http://www.w3.org/2000/svg' && at.localName !== 'svg' && !words) {
      var title = at.querySelector(':scope > title');
      words = title ? title.textContent : null;
      at = at.parentNode;
    }
    tip.hidden = !words;
    if (words) {
      tip.textContent = words;
      var box = tip.getBoundingClientRect();
      tip.style.left = Math.max(4, Math.min(event.clientX + 12, window.innerWidth - box.width - 4)) + 'px';
      tip.style.top = Math.max(4, event.clientY - box.height - 12) + 'px';
    }
  }
  document.addEventListener('pointermove', show);
  document.addEventListener('pointerdown', show);
}());
