/** How the loops of a rule meet the memory of parameters and slots. */
package io.github.descent4j.internal.update;
