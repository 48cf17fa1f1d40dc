/** The measurements that can be repeated in one process. */

const kinds = {
  throughput: () => import('./throughput.mjs'),
  press: () => import('./press.mjs'),
  long: () => import('./long.mjs'),
};

/**
 * Makes the system of a job, and warms it up.
 *
 * @param {import('../child.mjs').Bench} bench
 * @returns {Promise<{ measure: (forMs: number, concurrency?: number) => Promise<object>, close: () => unknown }>}
 */
export async function opened(bench) {
  const { open } = await kinds[bench.job.of]();
  return await open(bench);
}
