/** How work is shared between threads: not API, may change in any release. */
package io.github.descent4j.internal.parallel;
