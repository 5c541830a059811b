/// Data of runs ([dev.stiefel.lab.data.RunData]): data sets by name and files of users, read and split.
@NullMarked
package dev.stiefel.lab.data;

import org.jspecify.annotations.NullMarked;
