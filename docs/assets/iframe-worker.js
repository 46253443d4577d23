// The search of this site runs in a worker. A page that is opened from a file may not start one, so there the
// worker's script runs in a hidden frame, which answers in the same way.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      document.body.append(frame)
      this.inside = frame.contentWindow
      this.inside.postMessage = data => this.dispatchEvent(new MessageEvent("message", { data }))
      this.inside.importScripts = (...addresses) => Promise.all(addresses.map(each => this.run(each)))
      this.ready = this.run(address)
    }

    run(address) {
      return new Promise((done, failed) => {
        const script = this.inside.document.createElement("script")
        script.src = new URL(address, location.href).href
        script.async = false
        script.onload = done
        script.onerror = failed
        this.inside.document.head.append(script)
      })
    }

    postMessage(data) {
      // a task for each message, as in a worker: what one sets off is over before the next comes
      this.ready.then(() => setTimeout(() => this.inside.dispatchEvent(new MessageEvent("message", { data }))))
    }
  }
}
