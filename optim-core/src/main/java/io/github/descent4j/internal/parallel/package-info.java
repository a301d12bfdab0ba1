/** Work in numbered pieces, on the threads there are. */
package io.github.descent4j.internal.parallel;
