// A page from disk may not start a worker. The search of the theme runs in a hidden frame instead.
if (location.protocol === "file:") {
  // The theme's worker looks for this name to see where it is.
  window.IFrameWorker = window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.title = "search";
      document.body.append(frame);
      const inner = frame.contentWindow;
      inner.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      this.inner = new Promise((ready, failed) => {
        const script = inner.document.createElement("script");
        script.onload = () => ready(inner);
        script.onerror = () => failed(new Error(`cannot be read: ${address}`));
        script.src = new URL(address, location.href).href;
        inner.document.body.append(script);
      });
    }

    postMessage(data) {
      this.inner.then((inner) => inner.dispatchEvent(new inner.MessageEvent("message", { data })));
    }
  };
}
