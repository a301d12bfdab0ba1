/** What several packages of the library share: not API, free to change. */
package io.github.descent4j.internal;
