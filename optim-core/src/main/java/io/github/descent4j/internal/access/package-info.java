/**
 * Not API: what the packages of this library may do with each other's classes and users need not see.
 *
 * <p>A class with such a door registers the implementation of its interface here in its static
 * initializer ({@link io.github.descent4j.internal.access.Registry}); others call it through the
 * interface's constant.
 */
package io.github.descent4j.internal.access;
