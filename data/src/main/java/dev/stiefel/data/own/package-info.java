/// Users' own data: tables, folders of images and arrays, read as samples, and what raw samples
/// of them are.
@NullMarked
package dev.stiefel.data.own;

import org.jspecify.annotations.NullMarked;
