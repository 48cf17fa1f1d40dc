/** How changesets become lines of a CHANGELOG: as they were written, for users, without the commits that nobody of them knows. */

/** A text of several paragraphs belongs to one point of the list. */
const point = (text) =>
  `- ${text
    .trim()
    .split('\n')
    .join('\n  ')
    .replace(/\n +\n/g, '\n\n')}`;

module.exports = {
  getReleaseLine: async ({ summary }) => point(summary),
  getDependencyReleaseLine: async (_, dependencies) =>
    dependencies.length === 0
      ? ''
      : point(
          `Needs ${dependencies.map(({ name, newVersion }) => `${name} ${newVersion}`).join(', ')}.`,
        ),
};
