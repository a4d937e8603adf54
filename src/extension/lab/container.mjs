/**
 * The module-federation container by which JupyterLab loads the extension: it takes the modules that it shares with
 * JupyterLab from the share scope, then runs the bundle. Its text is put into the built file, so it imports nothing.
 *
 * @param {string} name of the extension
 * @param {readonly string[]} shared names of the modules that JupyterLab provides
 * @param {(module: object, exports: object, require: (name: string) => unknown) => void} run the bundle
 */
export function makeContainer(name, shared, run) {
  let scope = {};
  const parts = (version) => version.split(/[.+-]/).map((part) => Number.parseInt(part, 10) || 0);
  const isNewer = (a, b) => {
    const [left, right] = [parts(a), parts(b)];
    const at = left.findIndex((part, i) => part !== (right[i] ?? 0));
    return at >= 0 && left[at] > (right[at] ?? 0);
  };
  // The one that is in use already, else the newest: a second copy of a module would have tokens of its own.
  const load = async (wanted) => {
    const versions = Object.entries(scope[wanted] ?? {});
    if (versions.length === 0) throw new Error(`${name}: this front end has no ${wanted}`);
    const [, offer] = versions.reduce((best, one) => {
      if (Boolean(one[1].loaded) !== Boolean(best[1].loaded)) return one[1].loaded ? one : best;
      return isNewer(one[0], best[0]) ? one : best;
    });
    const module = (await offer.get())();
    offer.loaded = 1;
    return [wanted, module];
  };
  const container = {
    init: (given) => {
      scope = given;
    },
    get: async () => {
      const modules = new Map(await Promise.all(shared.map(load)));
      const module = { exports: {} };
      run(module, module.exports, (wanted) => modules.get(wanted));
      return () => module.exports;
    },
  };
  globalThis._JUPYTERLAB = globalThis._JUPYTERLAB ?? {};
  globalThis._JUPYTERLAB[name] = container;
}
