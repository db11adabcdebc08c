/* What scripts add. Everything here already works without them: a file input, links, a form. */
(function () {
  "use strict";

  function one(selector, root) {
    return (root || document).querySelector(selector);
  }

  /* Drop a file anywhere on the desk: it lands in the page's one file input, and the form is sent by its own button. */
  function enableDrop(zone) {
    var input = one('input[type="file"]', zone);
    var hint = one("[data-drop-hint]", zone);
    if (!input) return;
    if (hint) hint.hidden = false;
    var depth = 0;

    function carriesFiles(event) {
      return event.dataTransfer && Array.prototype.indexOf.call(event.dataTransfer.types, "Files") !== -1;
    }

    document.addEventListener("dragenter", function (event) {
      if (!carriesFiles(event)) return;
      depth += 1;
      document.body.classList.add("dropping");
    });
    document.addEventListener("dragleave", function (event) {
      if (!carriesFiles(event)) return;
      depth -= 1;
      if (depth <= 0) document.body.classList.remove("dropping");
    });
    document.addEventListener("dragover", function (event) {
      if (carriesFiles(event)) event.preventDefault();
    });
    document.addEventListener("drop", function (event) {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth = 0;
      document.body.classList.remove("dropping");
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      input.focus();
    });
  }

  /* A form that takes long is sent once: its button says so, and a second press does nothing. */
  function enableOnce(form) {
    form.addEventListener("submit", function (event) {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
      var button = event.submitter || one('button[type="submit"]', form);
      if (button && button.dataset.sending) {
        button.textContent = button.dataset.sending;
        button.setAttribute("aria-disabled", "true");
      }
    });
    window.addEventListener("pageshow", function () {
      delete form.dataset.sent;
    });
  }

  function enableCopy(button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(button.dataset.copy).then(function () {
        var before = button.textContent;
        button.textContent = "已复制";
        window.setTimeout(function () {
          button.textContent = before;
        }, 2000);
      });
    });
  }

  function enablePrint(button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      window.print();
    });
  }

  /* Weeks run to the right; the newest are what one comes for, and a phone has no room for all. */
  function showEnd(scroller) {
    scroller.scrollLeft = scroller.scrollWidth;
  }

  function each(selector, enable) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), enable);
  }

  each("[data-drop]", enableDrop);
  each("form[data-once]", enableOnce);
  each("button[data-copy]", enableCopy);
  each("button[data-print]", enablePrint);
  each("[data-newest-last]", showEnd);
})();
