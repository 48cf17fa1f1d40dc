/** Every section of the measurements, in the order of the report. */
export const sections = {
  memory: () => import('./sections/memory.mjs'),
  heap: () => import('./sections/heap.mjs'),
  storages: () => import('./sections/shared-storages.mjs'),
  dispatch: () => import('./sections/dispatch.mjs'),
  races: () => import('./sections/races.mjs'),
  startup: () => import('./sections/startup.mjs'),
  deadlines: () => import('./sections/deadlines.mjs'),
  long: () => import('./sections/long.mjs'),
  press: () => import('./sections/press.mjs'),
  servers: () => import('./sections/servers.mjs'),
  profile: () => import('./sections/profile.mjs'),
  floors: () => import('./sections/floors.mjs'),
};
