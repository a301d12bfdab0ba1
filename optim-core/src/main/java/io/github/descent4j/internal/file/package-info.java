/**
 * Not API: the file that optimizer states and parameters are kept in, one {@code .npz} of named
 * arrays and one JSON entry. {@code docs/state-files.md} has the format.
 *
 * <p>{@link io.github.descent4j.internal.file.ArrayFileWriter} and {@link
 * io.github.descent4j.internal.file.ArrayFileReader} know the container and see to it that a file is whole;
 * what the names and numbers mean is their callers' business.
 */
package io.github.descent4j.internal.file;
