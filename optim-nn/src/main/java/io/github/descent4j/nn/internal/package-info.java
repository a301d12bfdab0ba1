/** Not API, may change in any release: settings of the process that training shares. */
package io.github.descent4j.nn.internal;
