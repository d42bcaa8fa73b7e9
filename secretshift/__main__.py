"""``python -m secretshift``"""

import sys

if __name__ == "__main__":
    if not sys.flags.safe_path:
        # Python puts the working directory first, and that is often the tree to be scanned.
        del sys.path[0]
    from secretshift.cli.main import main

    main()
