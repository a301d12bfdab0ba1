/**
 * Optimizers over ND4J arrays for code that has its own gradients.
 *
 * <p>Begin at {@link io.github.descent4j.Optimizer}. The update rules, in order of increasing
 * complexity: {@link io.github.descent4j.Sgd}, {@link io.github.descent4j.Momentum}, {@link
 * io.github.descent4j.Nesterov}, {@link io.github.descent4j.AdaGrad}, {@link
 * io.github.descent4j.RmsProp}, {@link io.github.descent4j.AdaDelta}, {@link
 * io.github.descent4j.Adam}, {@link io.github.descent4j.AdamW}, {@link io.github.descent4j.AmsGrad}, {@link io.github.descent4j.Yogi}, {@link io.github.descent4j.RAdam}, {@link io.github.descent4j.NAdam}, {@link io.github.descent4j.AdaMax}, {@link io.github.descent4j.SignSgd}, {@link io.github.descent4j.Signum}, {@link io.github.descent4j.Lion}, {@link io.github.descent4j.Qhm}, {@link io.github.descent4j.QhAdam}, {@link io.github.descent4j.AdaBelief}, {@link io.github.descent4j.Adan}, {@link io.github.descent4j.Lamb}, {@link io.github.descent4j.Lars}, {@link io.github.descent4j.Adafactor}, {@link io.github.descent4j.Prodigy}, {@link io.github.descent4j.DAdaptAdam}, {@link io.github.descent4j.DAdaptSgd}, {@link io.github.descent4j.Muon}, {@link io.github.descent4j.Asgd}, {@link io.github.descent4j.Rprop}, {@link io.github.descent4j.Ftrl}, {@link io.github.descent4j.NovoGrad}.
 *
 * <table>
 * <caption>The other packages</caption>
 * <tr><th>package<th>what is in it
 * <tr><td>{@link io.github.descent4j.schedule}<td>learning-rate schedules, and the test that finds a rate
 * <tr><td>{@link io.github.descent4j.clip}<td>gradient clipping
 * <tr><td>{@link io.github.descent4j.constraint}<td>projections, proximal maps, and penalties for constraints that are functions
 * <tr><td>{@link io.github.descent4j.decorator}<td>what the methods of an {@code Optimizer} put around it: schedule,
 *     clip, guard, accumulation, average, groups; and the base of decorators of your own
 * <tr><td>{@link io.github.descent4j.rule}<td>the mechanism of update rules, and the base of rules of your own
 * <tr><td>{@link io.github.descent4j.state}<td>state files
 * <tr><td>{@link io.github.descent4j.health}<td>the monitor that tells which parameter does not learn
 * <tr><td>{@link io.github.descent4j.dl4j}<td>the optimizers in networks of DL4J and SameDiff
 * </table>
 *
 * <p>{@code internal} is not API: it may change in any release.
 */
package io.github.descent4j;
