/** A button that counts, numbers that come back doubled, and a round trip that measures itself. */
const MODULE = `export default {
  render({ model, el }) {
    const button = document.createElement("button");
    button.className = "counter";
    const show = () => { button.textContent = "count " + model.get("count"); };
    button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
    model.on("change:count", show);
    model.on("change:map", () => { el.dataset.map = model.get("map").getFloat32(4 * 5, true); });
    let settle;
    model.on("msg:custom", (content, buffers) => settle({ content, buffers }));
    const ask = (content, buffers) => new Promise((done) => { settle = done; model.send(content, {}, buffers); });
    el.double = async (numbers) => {
      const { content, buffers: [view] } = await ask({ double: numbers.length }, [new Float32Array(numbers)]);
      return [content.n, ...numbers.map((_, i) => view.getFloat32(4 * i, true))];
    };
    el.times = async (count, bytes) => {
      const times = [];
      const buffer = new Uint8Array(bytes);
      for (let i = 0; i < count; i++) {
        const begin = performance.now();
        await ask({ double: 0 }, [buffer]);
        times.push(performance.now() - begin);
      }
      return times.sort((a, b) => a - b)[count >> 1];
    };
    el.stop = () => { model.set("go", false); model.save_changes(); };
    el.className = "counting";
    show();
    el.append(button);
    return () => { globalThis.ended = (globalThis.ended ?? 0) + 1; };
  },
}`;

/** A cell that shows a widget: a button that counts, a handler that fails at 13, one that doubles numbers, a picture. */
export const WIDGET: string = `const scan = image(Float32Array.from({ length: 256 }, (_, i) => (i % 16) * Math.floor(i / 16)), [16, 16]);
const counter = widget({
  esm: ${JSON.stringify(MODULE)},
  css: ".counter { padding: 4px 12px; font: inherit; color: var(--jp-ui-font-color1); background: var(--jp-layout-color2); border: 1px solid var(--jp-border-color1); }",
  state: { count: 0 },
  picture: () => plot.map(scan),
});
counter.onChange(({ count }) => {
  if (count === 13) throw new Error("thirteen is too many");
  console.log("kernel has", count);
});
counter.onMessage(({ double: n }: any, [bytes], reply) => {
  const numbers = new Float32Array(bytes.slice().buffer, 0, n).map((x) => 2 * x);
  reply({ n }, [n > 0 ? new Uint8Array(numbers.buffer) : bytes]);
});
counter`;
