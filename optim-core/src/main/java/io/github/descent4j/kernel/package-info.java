/**
 * How a step reaches memory: not API, may change in any release.
 *
 * <p>{@link io.github.descent4j.kernel.Span} turns an array into memory, {@link
 * io.github.descent4j.kernel.Chunk} moves it block by block, {@link
 * io.github.descent4j.kernel.Kernels} is the arithmetic, specified by the scalar implementation.
 */
package io.github.descent4j.kernel;
