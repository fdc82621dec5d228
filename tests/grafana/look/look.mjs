// Grafana's own display code, without a Grafana. Reads [{width, height, config, values}] of tiles as JSON; writes for each
// value what Grafana says, how large, and the two colours that it is written in.
import { createRequire } from 'node:module';
import { JSDOM } from 'jsdom';

const dom = new JSDOM('<!doctype html><body></body>', { url: 'http://127.0.0.1/', pretendToBeVisual: true });
// What its modules expect of a browser before anything is drawn.
dom.window.matchMedia = () => ({ matches: false, addEventListener() {}, removeEventListener() {} });
dom.window.HTMLCanvasElement.prototype.getContext = () => ({ measureText: (text) => ({ width: text.length * 8 }) });
const given = ['document', 'HTMLElement', 'Element', 'Node', 'SVGElement', 'getComputedStyle', 'DOMParser', 'MutationObserver',
  'localStorage', 'navigator', 'Event', 'CustomEvent', 'matchMedia', 'requestAnimationFrame'];
const here = { window: dom.window, devicePixelRatio: 1, addEventListener() {}, removeEventListener() {},
  ResizeObserver: class { observe() {} unobserve() {} disconnect() {} } };
for (const name of given) here[name] = dom.window[name];
for (const [name, value] of Object.entries(here)) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

const require = createRequire(import.meta.url);
require.extensions['.css'] = () => {};
const React = require('react');
const { renderToStaticMarkup } = require('react-dom/server');
const { createTheme, FieldType, getDisplayProcessor } = require('@grafana/data');
const { BigValue, BigValueColorMode, BigValueGraphMode } = require('@grafana/ui');
const theme = createTheme({ colors: { mode: 'dark' } });

function drawn({ width, height, config }, value) {
  const display = getDisplayProcessor({ field: { name: 'A', type: FieldType.number, config, values: [] }, theme });
  const said = display(value);
  const html = renderToStaticMarkup(React.createElement(BigValue, {
    value: said, width, height, theme, colorMode: BigValueColorMode.BackgroundSolid,
    graphMode: BigValueGraphMode.None, justifyMode: 'center', textMode: 'value',
  }));
  const [, background] = html.match(/background:([^;"]+)/);
  const [, size, colour] = html.match(/font-size:([\d.]+)px[^"]*?;color:([^;"]+)/);
  const words = new JSDOM(html).window.document.body.textContent;
  return { words, size: Number(size), background, colour };
}

let text = '';
for await (const chunk of process.stdin) text += chunk;
process.stdout.write(JSON.stringify(JSON.parse(text).map((tile) => tile.values.map((value) => drawn(tile, value)))));
process.exit(0);
