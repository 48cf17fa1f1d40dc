/** Those who watch a machine. An observer that throws harms nobody. */

/** Listeners by event. */
export interface Observers<Events> {
  /** Listeners by event; one that nobody observes is not in it. */
  readonly listeners: ReadonlyMap<keyof Events, unknown>;
  on<Name extends keyof Events>(event: Name, listener: (event: Events[Name]) => void): () => void;
  notify<Name extends keyof Events>(event: Name, what: Events[Name]): void;
}

/** Makes an empty set of observers. */
export function observers<Events>(): Observers<Events> {
  const listeners = new Map<keyof Events, Set<(event: never) => void>>();
  return {
    listeners,
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener as (event: never) => void));
      return () => {
        set.delete(listener as (event: never) => void);
        if (set.size === 0 && listeners.get(event) === set) listeners.delete(event);
      };
    },
    notify(event, what) {
      for (const listener of listeners.get(event) ?? []) {
        try {
          listener(what as never);
        } catch (error) {
          // biome-ignore lint/suspicious/noConsole: the last resort; an observer's error belongs to no update
          console.error('An observer of telefsm threw:', error);
        }
      }
    },
  };
}
