/** The bundlers that a bot is bundled with, in exact versions. */

export const bundlers: Readonly<Record<string, string>> = {
  '@rollup/plugin-commonjs': '29.0.3',
  '@rollup/plugin-json': '6.1.0',
  '@rollup/plugin-node-resolve': '16.0.3',
  '@vercel/ncc': '0.45.0',
  esbuild: '0.28.2',
  rollup: '4.68.8',
  vite: '8.3.8',
  webpack: '5.113.0',
};
