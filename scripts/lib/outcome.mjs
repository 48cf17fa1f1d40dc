/** How a check ends: its findings, then one line that sums it up. */

/**
 * Prints the findings and a last line, and sets the exit code.
 *
 * @param problems - one text for each thing that is wrong
 * @param summary - what was looked at, for the last line; a check that looked at nothing has to call that a problem
 */
export function finish(problems, summary) {
  for (const problem of problems) console.log(problem);
  if (problems.length > 0) process.exitCode = 1;
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  console.log(problems.length > 0 ? `${count}; ${summary}` : summary);
}
