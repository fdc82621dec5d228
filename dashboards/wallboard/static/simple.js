// For browsers of televisions that know no modules: the page has all figures, and is loaded anew.
setTimeout(function () { location.reload(); }, 15000);
