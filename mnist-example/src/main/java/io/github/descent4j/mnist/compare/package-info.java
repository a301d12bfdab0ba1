/** Many runs, side by side. */
package io.github.descent4j.mnist.compare;
